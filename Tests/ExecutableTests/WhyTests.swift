import FoundationEssentials
import Glibc
import Testing

/// Why tests run: in the header, and in `status --why`. `EqualityTests` has the same on open-source projects.
@Suite struct WhyTests {
  private func fortyTests(_ release: String = "2.2.0") throws -> Project {
    let project = try Project(release)
    try project.addFortyTests()
    try project.installPlugin()
    return project
  }

  private func run(_ project: Project, _ arguments: String...) throws -> Outcome {
    let outcome = try project.startPytest(.plugin, ["--testmon"] + arguments).finish()
    #expect(outcome.alarms == [] && outcome.status == 0 && !project.hasRunFolder, "\(outcome)")
    return outcome
  }

  /// The last line of ours in the header.
  private func header(_ outcome: Outcome) -> String? {
    let lines = outcome.output.split(separator: "\n").filter { $0.hasPrefix("testmon-xdist: ") }
    return lines.last.map { String($0.dropFirst("testmon-xdist: ".count)) }
  }

  private func edit(_ project: Project, add: String, mul: String) throws {
    try project.write("def add(a, b):\n    return \(add)\n\n\ndef mul(a, b):\n    return \(mul)\n", to: "lib.py")
  }

  @Test(arguments: Extent.of(["2.0.0", "2.0.6", "2.0.12", "2.0.13", "2.2.0"], part: ["2.0.12", "2.2.0"]))
  func theHeaderSaysIt(release: String) throws {
    let project = try fortyTests(release)
    #expect(header(try run(project, "-n", "0")) == "all tests: no data yet")
    #expect(try run(project, "-n", "0").ourLines == [])
    try edit(project, add: "b + a", mul: "a * b")
    #expect(header(try run(project, "-n", "2")) == "20 of 40 tests: add in lib.py changed")
    try edit(project, add: "a + b", mul: "b * a")
    #expect(header(try run(project)) == "40 of 40 tests: add, mul in lib.py changed")
    #expect(
      try project.why().causes.map { "\($0.tests) \($0.text)" } == [
        "20 add in lib.py changed", "20 mul in lib.py changed",
      ])
    try project.install("1.0")
    #expect(header(try run(project, "-n", "0"))?.hasPrefix("all 40 tests: some-package 1.0 added") == true)
    try project.install("2.0")
    #expect(header(try run(project, "-n", "0")) == "all 40 tests: some-package 1.0 → 2.0")
    #expect(try project.why().causes.map(\.text) == ["some-package 1.0 → 2.0"])
  }

  @Test func theHeaderOfAPlanSaysItToo() throws {
    let project = try fortyTests()
    _ = try run(project, "-n", "2")
    try project.editAdd("b + a")
    let edited = try #require(header(try run(project, "-n", "auto")))
    #expect(
      edited.hasPrefix("20 of 40 tests to run, about ") && edited.hasSuffix("; add in lib.py changed"), "\(edited)")
    let nothing = try #require(header(try run(project, "-n", "auto")))
    #expect(nothing == "0 of 40 tests to run: in this process")
    try project.install("1.0")
    let packages = try #require(header(try run(project, "-n", "auto")))
    #expect(packages == "all 40 tests: some-package 1.0 added; as many workers as xdist would start")
  }

  private static let one = "    def one(self):\n        return 1\n\n"
  private static let two = "    def two(self):\n        return 2\n\n"
  private static let editedTwo = "    def two(self):\n        return 1 + 1\n\n"
  private static let nestingTwo =
    "    def two(self):\n        def inner():\n            pass\n\n        return 1 + 1\n\n"
  private static let new = "def new():\n    pass\n\n\n"
  private static let testOne = "import lib\n\n\ndef test_one():\n    assert lib.C().one()\n\n\n"
  private static let testTwo = "def test_two():\n    assert lib.C().two()\n"

  /// One after the other: what is written into a file, and what is told of it.
  private static let edits = [
    ("lib.py", "class C:\n" + one + editedTwo, ["1 C.two in lib.py changed"]),
    ("lib.py", new + "class C:\n" + one + editedTwo, ["2 new added to lib.py"]),
    ("lib.py", "class C:\n" + one + editedTwo, ["2 new removed from lib.py"]),
    ("lib.py", "class C:\n" + editedTwo + one, ["2 C in lib.py changed"]),
    ("lib.py", "class C:\n    x = 1\n\n" + editedTwo + one, ["2 C in lib.py changed"]),
    (
      "lib.py", "import os\n\n\nclass C:\n    x = 1\n\n" + editedTwo + one, ["2 module level of lib.py changed"]
    ),
    ("lib.py", "class C:\n    x = 1\n\n" + editedTwo + one, ["2 module level of lib.py changed"]),
    (
      "lib.py", "class C:\n    x = 1\n\n" + nestingTwo + one,
      ["2 C.two.inner added to lib.py", "1 C.two in lib.py changed"]
    ),
    ("lib.py", "# A comment.\nclass C:\n    x = 1\n\n" + nestingTwo + one, []),
    ("test_lib.py", testOne, ["1 test_two removed from test_lib.py"]),
    ("test_new.py", "def test_new():\n    pass\n", ["1 test_new.py is new"]),
  ]

  @Test func whatHasChangedInAFile() throws {
    let project = try Project()
    try project.write("class C:\n" + Self.one + Self.two, to: "lib.py")
    try project.write(Self.testOne + Self.testTwo, to: "test_lib.py")
    _ = try run(project)
    for (number, (file, text, causes)) in Self.edits.enumerated() {
      try project.write(text, to: file)
      let outcome = try run(project)
      let found = try project.why().causes.map { "\($0.tests) \($0.text)" }
      #expect(found == causes, "\(number): \(outcome)")
    }
    // Where testmon alone has recorded, names can only be guessed, and are so if they are few.
    try FileManager.default.removeItem(atPath: project.path(".pytest_cache/v"))
    try project.write(
      "class C:\n    x = 1\n\n" + Self.nestingTwo + Self.one.replacing("1", with: "1 + 0"), to: "lib.py")
    _ = try run(project)
    #expect(try project.why().causes.map(\.text) == ["C.two.inner or C.two or C.one in lib.py changed"])
  }

  @Test func statusTellsWhy() throws {
    let project = try fortyTests()
    let empty = try project.testmonXdist("status", "--why")
    #expect(empty.status == 0 && empty.output.contains("Last run\n  none recorded"), "\(empty)")
    _ = try run(project, "-n", "2")
    try project.editAdd("b + a")
    _ = try run(project, "-n", "2")
    let folder = project.path(".pytest_cache/d/testmon-xdist")
    let before = (try project.names(folder), try project.bytes("\(folder)/history.db"))
    let why = try project.testmonXdist("status", "--why")
    #expect(why.status == 0 && why.errors == "", "\(why)")
    #expect(why.output.contains("  tests  20 of 40 ran\n  why    20  add in lib.py changed\n"), "\(why)")
    #expect(why.output.contains("  saved  20 tests were not needed"), "\(why)")
    #expect(why.output.split(separator: "\n", omittingEmptySubsequences: false).count <= 24, "\(why)")
    let ran = try project.testmonXdist("status", "--why", "tests/test_add.py::test_add[3]")
    #expect(
      ran.output.contains("  why    add in lib.py changed\n  uses   lib.py\n         tests/test_add.py\n"), "\(ran)")
    let didNot = try project.testmonXdist("status", "--why", "tests/test_mul.py::test_mul[3]")
    #expect(didNot.output.contains("it didn't run: nothing that it uses has changed since the run begun "), "\(didNot)")
    let unknown = try project.testmonXdist("status", "--why", "test_mul[3]")
    #expect(unknown.status == 2 && unknown.errors.contains("there are: tests/test_mul.py::test_mul[3]"), "\(unknown)")
    let history = try project.testmonXdist("status", "--history")
    #expect(
      history.output.contains("  20/40  ") && history.output.contains("  in 2 runs 20 tests were not needed"),
      "\(history)")
    #expect(try (project.names(folder), project.bytes("\(folder)/history.db")) == before)
    // What is to run, and doesn't.
    try project.editAdd("a + b")
    _ = try run(project, "-n", "2", "tests/test_mul.py")
    #expect(try project.why("tests/test_add.py::test_add[3]").test?.leftOut == true)
    _ = try run(project, "-k", "mul")
    let asked = try project.testmonXdist("status", "--why", "tests/test_add.py::test_add[3]")
    #expect(asked.output.contains("it wasn't among the tests that were asked for"), "\(asked)")
    // Wall time: no more than all tests one after the other.
    #expect(try project.status("--history").savings.map { $0.seconds >= 0 && $0.seconds < 10 } == true)
  }

  @Test func whoMadeTheDataOfAnotherVersion() throws {
    let older = try fortyTests("2.1.4")
    _ = try run(older, "-n", "0")
    let project = try fortyTests()
    try project.write(older.bytes(".testmondata"), to: ".testmondata")
    let outcome = try project.pytest(.plugin, "--testmon", "-n", "0")
    #expect(header(outcome) == "all tests: the data was of version 13, made by testmon 2.0.13 to 2.1.4", "\(outcome)")
  }

  // MARK: GitHub Actions

  @Test func oneSummaryOfAJob() throws {
    let project = try fortyTests()
    let file = "\(project.home)/summary"
    let others: [UInt8] = Array("# Others'\n".utf8) + [0xFF, 0xFE, 10]
    try project.write(others, to: file)
    project.variables["GITHUB_STEP_SUMMARY"] = file
    _ = try run(project, "-n", "2")
    try project.editAdd("b + a")
    _ = try run(project, "-n", "0")
    let bytes = try project.bytes(file)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(
      bytes.starts(with: others) && text.split(separator: "### testmon-xdist: 60 tests in 2 runs").count == 2, "\(text)"
    )
    #expect(text.contains("| 40 of 40 | no data yet |  |\n| 20 of 40 | add in lib.py changed | "), "\(text)")
    project.variables["TESTMON_XDIST_STEP_SUMMARY"] = "false"
    _ = try run(project, "-n", "0")
    #expect(try project.bytes(file) == bytes)
    project.variables["TESTMON_XDIST_STEP_SUMMARY"] = nil
    // Where it can't be written nothing else changes.
    let huge = "\(project.home)/huge"
    try project.write([UInt8](repeating: 65, count: 1 << 20), to: huge)
    try #require(mkfifo("\(project.home)/pipe", 0o600) == 0)
    for path in ["\(project.home)/nowhere/file", project.home, huge, "/dev/full", "\(project.home)/pipe"] {
      project.variables["GITHUB_STEP_SUMMARY"] = path
      #expect(try run(project, "-n", "0").errors == "", "\(path)")
    }
    #expect(try project.bytes(huge).count == 1 << 20)
    project.variables["GITHUB_STEP_SUMMARY"] = "\(project.home)/new"
    _ = try run(project, "-n", "0")
    #expect(try project.text("\(project.home)/new").contains("| 0 of 40 | nothing changed | "))
  }
}

extension Project {
  /// Has pytest see this version of a package that nothing imports.
  fileprivate func install(_ version: String) throws {
    let folder = "\(home)/package-\(version)"
    try write(
      "Metadata-Version: 2.1\nName: some-package\nVersion: \(version)\n",
      to: "\(folder)/some_package-\(version).dist-info/METADATA")
    pythonPath.removeAll { $0.hasPrefix("\(home)/package-") }
    pythonPath.append(folder)
  }
}
