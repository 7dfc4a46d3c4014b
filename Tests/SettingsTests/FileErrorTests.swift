import Glibc
import Testing

@testable import Settings

@Suite struct FileErrorTests {
  private func problems(_ text: String, in file: String = "testmon-xdist.toml") -> [String] {
    let sandbox = Sandbox()
    sandbox.write("project/\(file)", text)
    return sandbox.problems()
  }

  @Test func unknownKey() {
    let text = "[project]\nname = 'x'\n\n[tool.testmon-xdist]\n\nworker_timout = 3\n"
    #expect(
      problems(text, in: "pyproject.toml") == [
        "pyproject.toml:6:1: unknown key 'worker_timout' in [tool.testmon-xdist]; did you mean 'worker_timeout'?"
      ])
    #expect(
      problems("  zzz = 1") == [
        "testmon-xdist.toml:1:3: unknown key 'zzz'; the keys are "
          + Settings.documentation.map(\.key).joined(separator: ", ")
      ])
    #expect(problems("[tool.testmon-xdist]\ndebug = true").first?.contains("at the top level") == true)
  }

  @Test func wrongTypes() {
    #expect(
      problems("enabled = 1\ndebug = 'true'\nworker_timeout = '30'\nhistory = 2.0\nlock_timeout = [1]\n") == [
        "testmon-xdist.toml:1:11: 'enabled' must be true or false, not the integer 1; write for example enabled = true",
        "testmon-xdist.toml:2:9: 'debug' must be true or false, not a string; write for example debug = true",
        "testmon-xdist.toml:3:18: 'worker_timeout' must be a number of seconds above 0 and up to 86400, not a string; "
          + "write for example worker_timeout = 30",
        "testmon-xdist.toml:4:11: 'history' must be a whole number from 0 to 1000000, not the number 2.0; "
          + "write for example history = 200",
        "testmon-xdist.toml:5:16: 'lock_timeout' must be a number of seconds from 0 to 86400, not an array; "
          + "write for example lock_timeout = 60",
      ])
  }

  @Test(arguments: [
    "worker_timeout = 0", "worker_timeout = inf", "worker_timeout = nan", "worker_timeout = -inf",
    "worker_timeout = 9223372036854775807", "history = -9223372036854775808", "backoff_factor = 1e308",
    "worker_timeout = 1979-05-27", "worker_timeout = 07:32:00", "worker_timeout = 1979-05-27T07:32:00Z",
    "debug.x = true", "debug = {}", "[debug]", "[[debug]]", "[debug.x]",
  ])
  func oneProblemWithAPlace(_ text: String) {
    let found = problems(text)
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("testmon-xdist.toml:1:") == true, "\(found)")
  }

  @Test func misspeltTable() {
    #expect(
      problems("[tool.testmon_xdist]\ndebug = true", in: "pyproject.toml") == [
        "pyproject.toml:1:1: unknown table [tool.testmon_xdist]; did you mean [tool.testmon-xdist]?"
      ])
    #expect(problems("[tool.testmon]\ndebug = true", in: "pyproject.toml") == [])
    #expect(
      problems("[tool]\ntestmon-xdist = 3", in: "pyproject.toml") == [
        "pyproject.toml:2:1: tool.testmon-xdist must be a table, not an integer; write [tool.testmon-xdist]"
      ])
    #expect(problems("[[tool.testmon-xdist]]", in: "pyproject.toml").first?.contains("not an array") == true)
  }

  @Test func invalidTOML() {
    #expect(
      problems("debug = true\ndebug = false") == [
        "testmon-xdist.toml:2:9: not valid TOML: parsing key-value pair: cannot redefine existing boolean 'debug'"
      ])
    #expect(problems("debug = truth").first?.hasPrefix("testmon-xdist.toml:1:") == true)
    #expect(problems("\n\n[project", in: "pyproject.toml") == ["pyproject.toml:3:9: not valid TOML: expected ']'"])
    #expect(problems("a = yes\n").first?.hasPrefix("testmon-xdist.toml:1:5: not valid TOML: expected a value") == true)
    // TOMLKit fails assertions on these.
    for text in ["[!]", "[[\n]]", "a = 1979-05-27 x", "a = 1979-05-27T0", "a.!b = 1"] {
      #expect(problems(text).first?.hasPrefix("testmon-xdist.toml:1:") == true)
    }
    #expect(problems("a = \"\"\"x").count == 1)
    #expect(problems("a = {b = 1,\n c = 2}").count == 1)
  }

  @Test func aBrokenFileIsReportedEvenWhereItDoesNotCount() {
    let sandbox = Sandbox()
    sandbox.write("project/testmon-xdist.toml", "history = 1")
    sandbox.write("project/pyproject.toml", "[broken")
    #expect(sandbox.problems().count == 1)
  }

  @Test func whatIsNoFileOfText() {
    let sandbox = Sandbox()
    let path = "\(sandbox.project)/testmon-xdist.toml"
    func problem() -> String { sandbox.problems().joined(separator: "|") }
    mkdir(path, 0o755)
    #expect(problem() == "testmon-xdist.toml: is a folder, not a settings file; move it away")
    rmdir(path)
    mkfifo(path, 0o644)
    #expect(problem() == "testmon-xdist.toml: is not a regular file; put a regular one in its place")
    unlink(path)
    symlink("testmon-xdist.toml", path)
    #expect(problem().hasPrefix("testmon-xdist.toml: can't be read: "))
    unlink(path)
    symlink("/dev/zero", path)
    #expect(problem() == "testmon-xdist.toml: is not a regular file; put a regular one in its place")
    unlink(path)
    sandbox.write("project/testmon-xdist.toml", String(repeating: "#", count: TextFile.maximumSize + 1))
    #expect(problem().hasPrefix("testmon-xdist.toml: is larger than 1 MiB"))
    sandbox.write("project/testmon-xdist.toml", String(repeating: "#", count: TextFile.maximumSize))
    #expect(problem() == "")
    sandbox.write("project/testmon-xdist.toml", bytes: Array("# é\n# é".utf8) + [0xFF])
    #expect(problem() == "testmon-xdist.toml:2:4: not valid UTF-8; save the file as UTF-8")
    sandbox.write("project/testmon-xdist.toml", bytes: Array("debug = true\n".utf8) + [0] + Array("x".utf8))
    #expect(problem() == "testmon-xdist.toml:2:1: a NUL character; take it out")
    sandbox.write("project/testmon-xdist.toml", #""debug\u0000x" = true"#)
    #expect(problem() == "testmon-xdist.toml:1:1: a key with a NUL character; take it out")
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything"))
  func permissions() {
    let sandbox = Sandbox()
    let path = sandbox.write("project/testmon-xdist.toml", "debug = true")
    chmod(path, 0)
    #expect(sandbox.problems().first?.hasPrefix("testmon-xdist.toml: can't be read: ") == true)
    unlink(path)
    sandbox.write("home/.config/testmon-xdist/config.toml", "history = 1")
    chmod("\(sandbox.root)/home", 0)
    #expect(sandbox.problems() == [])
    chmod(sandbox.project, 0)
    #expect(sandbox.problems().first?.hasPrefix("testmon-xdist.toml: can't be reached: permission denied; ") == true)
  }

  /// Without the scanner before it, TOMLKit overruns the stack on these.
  @Test func hostileNesting() {
    let parts = String(repeating: "a.", count: 400_000)
    for text in [
      parts + "a = 1\n", "[\(parts)a]\n", "x = {\(parts)a = 1}\n", parts + "a = 1\n!!!\n", "!!!\n" + parts + "a = 1",
      "x = " + String(repeating: "[", count: 500_000), "x = " + String(repeating: "{a=", count: 300_000),
      "x = " + String(repeating: "{a.b.c.d.e=", count: 90_000), "x = !" + parts,
      String(repeating: "[\(String(repeating: "a.", count: 100))a]\n", count: 2),
    ] {
      #expect(problems(text).count == 1)
    }
    let deepest = Array(repeating: "a", count: KeyScanner.maximumDepth).joined(separator: ".")
    #expect(problems(deepest + " = 1", in: "pyproject.toml") == [])
    #expect(problems(deepest + ".a = 1", in: "pyproject.toml").first?.contains("nested more than 128 deep") == true)
  }

  @Test func aLargeFileCostsNoMoreThanItsSize() {
    let head = "[" + Array(repeating: "a", count: 120).joined(separator: ".") + "]\n"
    let keys = (0..<70_000).map { "k\($0) = 1\n" }.joined()
    #expect(problems(head + keys, in: "pyproject.toml") == [])
  }
}
