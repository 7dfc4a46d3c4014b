import Testing
import Text

@testable import CommandLine

/// The message that the arguments lead to, or nil where they are right.
private func message(_ arguments: String...) -> String? {
  do {
    _ = try Request(arguments)
    return nil
  } catch {
    return error.message
  }
}

private func usageError(_ arguments: String...) -> UsageError? {
  do {
    _ = try Request(arguments)
    return nil
  } catch {
    return error
  }
}

@Suite struct ParserTests {
  @Test func valuesMayStandApartOrAttached() throws {
    for arguments in [
      ["controller", "--timeout", "2.5"], ["controller", "--timeout=2.5"], ["controller", "-t", "2.5"],
      ["controller", "-t2.5"], ["controller", "-t=2.5"], ["controller", "-qt2.5"],
    ] {
      guard case .controller(let options, _) = try Request(arguments) else { return #expect(Bool(false)) }
      #expect(options.timeout == 2.5, "\(arguments)")
    }
  }

  @Test func lastValueWins() throws {
    guard
      case .controller(let options, let common) = try Request(
        ["--rootdir", "a", "controller", "--workers", "1", "--rootdir=b", "--workers=2"])
    else { return #expect(Bool(false)) }
    #expect(options.workers == 2)
    #expect(common.rootdir == "b")
  }

  @Test func everyCommonOptionWorksBeforeAndAfterTheCommand() throws {
    let given = ["--rootdir", "r", "--config=c", "--debug", "--quiet", "--color", "never"]
    let expected = CommonOptions(rootdir: "r", config: "c", debug: true, quiet: true, color: .never)
    for arguments in [given + ["status"], ["status"] + given] {
      #expect(try Request(arguments) == .status(StatusOptions(), expected))
    }
  }

  @Test func optionsMayStandBeforeOrAfterOperands() throws {
    for arguments in [["worker", "gw0", "--json"], ["worker", "--json", "gw0"]] {
      #expect(try Request(arguments) == .worker(WorkerOptions(id: "gw0", output: .json), CommonOptions()))
    }
  }

  @Test func wordsAfterDashesAreVerbatim() throws {
    let arguments = ["worker", "gw0", "--timeout", "3", "--", "pytest", "--", "--json", "-h", ""]
    guard case .worker(let options, _) = try Request(arguments) else { return #expect(Bool(false)) }
    #expect(options.command == ["pytest", "--", "--json", "-h", ""])
    #expect(options.output == .human)
  }

  @Test func groupedSwitches() throws {
    #expect(try Request(["controller", "-qh"]) == .help(.controller, .short))
    #expect(try Request(["cleanup", "-qf"]) == .cleanup(CleanupOptions(force: true), CommonOptions(quiet: true)))
    #expect(try Request(["-qV"]) == .version)
  }

  @Test func helpAndVersion() throws {
    #expect(try Request(["-h"]) == .help(nil, .short))
    #expect(try Request(["--help"]) == .help(nil, .long))
    #expect(try Request(["help"]) == .help(nil, .long))
    #expect(try Request(["help", "doctor"]) == .help(.doctor, .long))
    #expect(try Request(["doctor", "-h"]) == .help(.doctor, .short))
    #expect(try Request(["doctor", "--help", "--nonsense"]) == .help(.doctor, .long))
    #expect(try Request(["worker", "--help"]) == .help(.worker, .long))
    #expect(try Request(["--version"]) == .version)
    #expect(try Request(["controller", "--", "pytest", "--help"]) != .help(.controller, .long))
  }

  @Test func whyNeedsNoTest() throws {
    func why(_ arguments: String...) throws -> StatusOptions.Why? {
      guard case .status(let options, _) = try Request(["status"] + arguments) else { return nil }
      return options.why
    }
    #expect(try why() == nil)
    #expect(try why("--why") == .lastRun)
    #expect(try why("--why", "--json") == .lastRun)
    #expect(try why("--why", "tests/test_a.py::test_b[1-x]", "--json") == .test("tests/test_a.py::test_b[1-x]"))
    #expect(try why("--why=-a.py::test_b") == .test("-a.py::test_b"))
    #expect(try why("--why", "a", "--why") == .lastRun)
    #expect(message("status", "--why=") == "--why needs a value that isn't empty: --why TEST")
    #expect(message("status", "--why", "a", "b") == "'status' takes no further argument: 'b'")
  }

  @Test func historyNeedsNoNumber() throws {
    func history(_ arguments: String...) throws -> Int? {
      guard case .status(let options, _) = try Request(["status"] + arguments) else { return -1 }
      return options.history
    }
    #expect(try history() == nil)
    #expect(try history("--history") == 20)
    #expect(try history("--history", "5") == 5)
    #expect(try history("--history=7") == 7)
    #expect(try history("--history", "--json") == 20)
    #expect(try history("--history", "5", "--history") == 20)
    #expect(message("status", "--history=") != nil)
    #expect(message("status", "--history", "5x") == "--history: '5x' is not a whole number from 1 to 1000000")
    #expect(message("status", "--history=0") != nil)
    #expect(
      try Request(["status", "--plan", "--json", "--python", "p"])
        == .status(StatusOptions(json: true, plan: true, python: "p"), CommonOptions()))
    #expect(message("status", "--settings", "--watch")?.hasPrefix("--watch and --settings don't go together") == true)
    #expect(message("status", "--watch", "--plan") == "--watch and --plan don't go together; leave out one of them")
    #expect(message("status", "--python", "p") == "--python goes with --plan, and is of no use without it")
  }

  @Test func hiddenOptionsParse() throws {
    guard case .controller(let options, _) = try Request(["controller", "--companion", "2", "--detached"]) else {
      return #expect(Bool(false))
    }
    #expect(options.companion == "2" && options.detached && !options.detach)
    #expect(try Request(["--generate", "man"]) == .generate(.man))
  }

  @Test func errorsNameWhatIsWrongAndWhatWouldBeRight() {
    #expect(message("--color") == "--color needs a value: --color WHEN")
    #expect(message("status", "--json=1") == "--json is a switch and takes no value")
    #expect(message("status", "-q=1") == "-q is a switch and takes no value")
    #expect(message("controller", "--python=") == "--python needs a value that isn't empty: --python PATH")
    #expect(message("controller", "--python", "") != nil)
    #expect(message("status", "x") == "'status' takes no further argument: 'x'")
    #expect(message("status", "--", "x") != nil)
    #expect(message("worker") == "'worker' needs an ID, for example: testmon-xdist worker gw0")
    #expect(message("worker", "--json", "--export", "gw0")?.contains("don't go together") == true)
    #expect(message("controller", "--detach", "--", "x")?.contains("don't go together") == true)
    #expect(message("controller", "--") == "no COMMAND follows '--'")
    #expect(message("controller", "--environment", "--debug")?.contains("--environment=VALUE") == true)
    #expect(message("controller", "--environment=--debug") == nil)
    #expect(message("--json", "status") == "--json follows a command; it belongs to: worker, status, doctor")
    #expect(message("cleanup", "--json") == "'cleanup' has no option --json; it belongs to: worker, status, doctor")
    #expect(message("--color", "red")?.hasSuffix("is none of auto, always, never") == true)
    #expect(message("--generate", "fisch")?.contains("did you mean 'fish'?") == true)
    #expect(message() == "a command is needed, one of controller, worker, status, cleanup, doctor, help")
    #expect(usageError("status", "x")?.hint == "Try 'testmon-xdist status --help'.")
    #expect(usageError("x")?.hint == "Try 'testmon-xdist --help'.")
  }

  @Test func aCommandWithoutDashesIsShownTheRightLine() {
    #expect(
      message("controller", "-q", "pytest", "-n", "4", "-k", "a b")
        == "a command to run comes after '--': testmon-xdist controller -q -- pytest -n 4 -k 'a b'")
    #expect(
      message("worker", "gw0", "pytest")
        == "a command to run comes after '--': testmon-xdist worker gw0 -- pytest")
    #expect(message("controller", "-n", "4")?.hasSuffix("options of COMMAND come after '--'") == true)
  }

  @Test func suggestions() {
    #expect(message("contoller")?.hasSuffix("did you mean 'controller'?") == true)
    #expect(message("stauts")?.hasSuffix("did you mean 'status'?") == true)
    #expect(message("help", "docter")?.hasSuffix("did you mean 'doctor'?") == true)
    #expect(message("controller", "--tiemout", "3")?.hasSuffix("did you mean '--timeout'?") == true)
    #expect(message("controller", "--env", "3")?.hasSuffix("did you mean '--environment'?") == true)
    #expect(message("xyzzy") == "unknown command 'xyzzy'")
    // Hidden options are no help to anyone.
    #expect(message("controller", "--companio")?.contains("did you mean") == false)
  }

  @Test func exitStatusSaysWhetherACommandWasToRun() {
    #expect(usageError("controller", "--nonsense")?.exitStatus == .usage)
    #expect(usageError("controller", "pytest")?.exitStatus == .usage)
    #expect(usageError("controller", "--nonsense", "--", "pytest")?.exitStatus == .commandFailed)
    #expect(usageError("controller", "--nonsense", "--")?.exitStatus == .usage)
    #expect(usageError("worker", "--", "pytest")?.exitStatus == .commandFailed)
    #expect(usageError("contoller", "--", "pytest")?.exitStatus == .commandFailed)
    #expect(usageError("status", "--", "pytest")?.exitStatus == .usage)
  }
}

@Suite struct ValueTests {
  @Test(arguments: ["1", "4096", "007"])
  func workers(_ text: String) { #expect(message("controller", "--workers", text) == nil) }

  @Test(arguments: ["0", "4097", "1.5", "+1", "-1", "1e2", "0x10", " 1", "1 ", "٣", "99999999999999999999", "auto"])
  func noWorkers(_ text: String) {
    #expect(message("controller", "--workers=" + text)?.hasSuffix("is not a whole number from 1 to 4096") == true)
  }

  @Test(arguments: ["30", "2.5", "0.001", ".5", "86400", "86400.0"])
  func timeout(_ text: String) { #expect(message("controller", "--timeout", text) == nil) }

  @Test(arguments: [
    "0", "0.0", "86400.1", "-1", "nan", "inf", "infinity", "0x1p3", "1e3", "1,5", "1.2.3", ".", "30s", " 3", "٣",
    String(repeating: "9", count: 400),
  ])
  func noTimeout(_ text: String) {
    #expect(message("worker", "gw0", "--timeout=" + text)?.contains("is not a number of seconds above 0") == true)
  }

  @Test(arguments: ["gw0", "a", "A.b_c-9", String(repeating: "x", count: 64)])
  func workerID(_ id: String) { #expect(WorkerID.isValid(id)) }

  @Test(arguments: ["", ".", "..", ".a", "-a", "a/b", "a b", "é", "a\n", "a\0", String(repeating: "x", count: 65)])
  func noWorkerID(_ id: String) { #expect(!WorkerID.isValid(id)) }

  @Test func distance() {
    #expect(Spelling.editDistance("", "abc") == 3)
    #expect(Spelling.editDistance("abc", "") == 3)
    #expect(Spelling.editDistance("abcd", "acbd") == 1)
    #expect(Spelling.editDistance("kitten", "sitting") == 3)
    #expect(Spelling.closest(to: String(repeating: "a", count: 100_000), among: ["status"]) == nil)
  }

  @Test func shellWords() {
    #expect(ShellWord.quote("a-b_c=1/2") == "a-b_c=1/2")
    #expect(ShellWord.quote("") == "''")
    #expect(ShellWord.quote("it's $HOME") == #"'it'\''s $HOME'"#)
    #expect(ShellWord.quote("é") == "'é'")
  }
}
