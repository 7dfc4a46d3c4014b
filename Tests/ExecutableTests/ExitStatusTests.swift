import Glibc
import Testing

@Suite struct ExitStatusTests {
  // MARK: with COMMAND

  @Test(arguments: [
    ("exit 0", 0), ("exit 1", 1), ("exit 3", 3), ("exit 255", 255), ("kill -9 $$", 137), ("kill -15 $$", 143),
  ])
  func theCommandsOwnStatusIsPassedOn(script: String, status: Int32) throws {
    let project = try Project()
    let outcome = try project.testmonXdist("controller", "--", "sh", "-c", script)
    #expect(outcome.status == status && outcome.text == "", "\(outcome)")
    #expect(!outcome.diedOfASignal, "\(outcome)")
    #expect(!project.hasRunFolder)
  }

  @Test func pytestsStatusIsPassedOn() throws {
    let empty = try Project()
    let none = try empty.pytest(.wrapper, "--testmon", "-n", "2")
    #expect(none.status == 5, "\(none)")

    let project = try Project()
    try project.addFourTests()
    let good = try project.pytest(.wrapper, "--testmon", "-n", "2")
    #expect(good.status == 0 && good.passed == 4, "\(good)")
    try project.write("def test_fails(): assert False\n", to: "tests/test_bad.py")
    let bad = try project.pytest(.wrapper, "--testmon", "-n", "2")
    #expect(bad.status == 1 && bad.failed == 1, "\(bad)")
    #expect(!project.hasRunFolder && !empty.hasRunFolder)
    #expect(try project.history().map(\.exitStatus) == [1, 0])
  }

  @Test func anInterruptedPytestGives2() throws {
    let project = try Project()
    try project.addWaitingTest()
    let process = try project.startPytest(.wrapper, ["--testmon", "-n", "2"])
    try project.waitForFile("started")
    process.send(SIGINT)
    let outcome = try process.finish()
    #expect(outcome.status == 2 && outcome.text.contains("KeyboardInterrupt"), "\(outcome)")
    #expect(!project.hasRunFolder)
    #expect(try project.history().first?.outcome == "interrupted")
  }

  @Test func aCommandThatCannotRunGives126Or127() throws {
    let project = try Project()
    try project.write("#!/bin/sh\n", to: "script")
    let notExecutable = try project.testmonXdist("controller", "--", "./script")
    #expect(notExecutable.status == 126 && notExecutable.errors.contains("./script"), "\(notExecutable)")
    let missing = try project.testmonXdist("controller", "--", "no-such-command")
    #expect(missing.status == 127 && missing.errors.contains("no-such-command"), "\(missing)")
    #expect(!project.hasRunFolder)
  }

  /// A shell, env(1) and timeout(1) run it, too.
  @Test(arguments: ["bin/script", "script"])
  func aScriptThatDoesNotSayWhatRunsIt(name: String) throws {
    let project = try Project()
    try project.writeScript("echo \"$0, $1\"; exit 7\n", to: "bin/script")
    project.variables["PATH"] = "/nowhere:\(project.path("bin")):/usr/bin:/bin"
    let outcome = try project.testmonXdist("controller", "--", name, "one two")
    let path = name == "script" ? project.path("bin/script") : name
    #expect(outcome.status == 7 && outcome.output == "\(path), one two\n", "\(outcome)")
  }

  @Test func whenTheToolItselfFailsItGives125() throws {
    let project = try Project()
    let flag = try project.testmonXdist("controller", "--workers", "none", "--", "touch", "ran")
    #expect(flag.status == 125 && flag.errors.contains("--workers"), "\(flag)")
    let setting = try project.testmonXdist(
      "controller", "--", "touch", "ran", with: ["TESTMON_XDIST_DEBUG": "perhaps"])
    #expect(setting.status == 125 && setting.errors.contains("TESTMON_XDIST_DEBUG"), "\(setting)")
    let worker = try project.testmonXdist("worker", "-", "--", "touch", "ran")
    #expect(worker.status == 125, "\(worker)")
    #expect(!project.exists("ran") && !project.hasRunFolder)
  }

  @Test func whoWaitsInVainGives124WithACommandAnd4Or3Without() throws {
    let project = try Project()
    let none = try project.testmonXdist("worker", "gw0", "--timeout", "0.1", "--", "touch", "ran")
    #expect(none.status == 124, "\(none)")
    let noneWithout = try project.testmonXdist("worker", "gw0", "--timeout", "0.1")
    #expect(noneWithout.status == 3 && noneWithout.errors.contains("controller --detach"), "\(noneWithout)")

    try project.holdARunFromElsewhere()
    let holder = try #require(project.status().run?.controller?.pid)
    let impatient = ["TESTMON_XDIST_LOCK_TIMEOUT": "0.5"]
    let second = try project.testmonXdist("controller", "--", "touch", "ran", with: impatient)
    #expect(second.status == 124, "\(second)")
    let secondWithout = try project.testmonXdist("controller", with: impatient)
    #expect(secondWithout.status == 4, "\(secondWithout)")
    for outcome in [second, secondWithout] {
      #expect(
        outcome.errors.contains("waiting up to 0.5s for the run held by 'testmon-xdist controller' (pid \(holder)"),
        "\(outcome)")
    }
    #expect(!project.exists("ran"))
    #expect(try project.testmonXdist("cleanup").status == 0)
    #expect(!project.hasRunFolder)
  }

  // MARK: without

  @Test(arguments: [
    ["controller", "--workers", "0"], ["worker"], ["worker", "a/b"], ["status", "--jsn"], ["claenup"], [],
    ["worker", "gw0", "--json", "--export"], ["controller", "--detach", "--", "true"], ["status", "--rootdir", "none"],
  ])
  func wrongUsageGives2(arguments: [String]) throws {
    let project = try Project()
    let outcome = try project.startTestmonXdist(arguments).finish()
    let expected: Int32 = arguments.contains("--") ? 125 : 2
    #expect(outcome.status == expected && outcome.output == "" && outcome.errors != "", "\(outcome)")
    #expect(!project.hasRunFolder)
  }

  @Test func anUnusableDataFileGives5AndIsLeftAsItIs() throws {
    for way in [Way.plugin, .wrapper, .alone] {
      let project = try Project()
      try project.addFourTests()
      let garbage = Array("This is no database. ".utf8) + (0..<9000).map { UInt8(truncatingIfNeeded: $0 * 7) }
      try project.write(garbage, to: ".testmondata")
      let outcome =
        way == .alone
        ? try project.testmonXdist("controller", "--detach")
        : try project.pytest(way, "--testmon", "-n", "2")
      #expect(outcome.text.contains("\(project.rootdir)/.testmondata"), "\(outcome)")
      if way == .alone { #expect(outcome.status == 5, "\(outcome)") } else { #expect(outcome.status != 0) }
      #expect(outcome.alarms == [], "\(outcome)")
      let status = try project.testmonXdist("status")
      #expect(status.status == 5 && status.output.contains(".testmondata"), "\(status)")
      #expect(try project.bytes(".testmondata") == garbage)
      #expect(!project.hasRunFolder)
    }
  }

  @Test func aDamagedHistoryGives6WhereItIsAskedFor() throws {
    let project = try Project()
    try #require(project.testmonXdist("controller", "--", "true").status == 0)
    let history = ".pytest_cache/d/testmon-xdist/history.db"
    try project.write("This is no database.", to: history)
    #expect(try project.testmonXdist("status").status == 0)
    for option in ["--history", "--why"] {
      let outcome = try project.testmonXdist("status", option)
      #expect(outcome.status == 6 && outcome.errors.contains(history), "\(outcome)")
    }
  }

  /// What can be wrong with the folder of a run.
  enum Untrusted: CaseIterable {
    case symbolicLink, file, damagedMarker, unknownProtocol, linkedMarker, writableByAll
  }

  @Test(arguments: Untrusted.allCases)
  func aFolderThatIsNotToBeTrustedGives6(what: Untrusted) throws {
    let project = try Project()
    let marker = ".testmon_xdist/controller_ready.json"
    if what.isMarker { try #require(project.testmonXdist("controller", "--detach").status == 0) }
    switch what {
    case .symbolicLink:
      try project.write("", to: "elsewhere/file")
      symlink("elsewhere", project.path(".testmon_xdist"))
    case .file: try project.write("", to: ".testmon_xdist")
    case .writableByAll:
      try project.write("", to: ".testmon_xdist/lock")
      chmod(project.path(".testmon_xdist"), 0o777)
    case .damagedMarker: try project.write(#"{"protocol": 1, "run_id": "#, to: marker)
    case .unknownProtocol: try project.write(#"{"protocol": 99}"#, to: marker)
    case .linkedMarker:
      unlink(project.path(marker))
      symlink("/etc/passwd", project.path(marker))
    }
    let worker = try project.testmonXdist("worker", "gw0", "--timeout", "10")
    #expect(worker.status == 6 && worker.errors.contains("\(project.rootdir)/.testmon_xdist"), "\(worker)")
    #expect(worker.errors.contains("rm -r"), "\(worker)")
    #expect(try project.testmonXdist("status").status == 6)
    if what.isMarker {
      // The folder is ours, and the run can be ended.
      #expect(try project.testmonXdist("cleanup").status == 0)
      #expect(!project.hasRunFolder)
    } else {
      #expect(try project.testmonXdist("cleanup").status == 6)
      #expect(try project.testmonXdist("controller", "--detach").status == 6)
      #expect(try project.testmonXdist("controller", "--", "touch", "ran").status == 125)
      #expect(project.exists("elsewhere/file") == (what == .symbolicLink) && !project.exists("ran"))
      // It isn't ours: the user removes it.
      #expect(project.hasRunFolder)
      unlink(project.path(".testmon_xdist"))
      chmod(project.path(".testmon_xdist"), 0o700)
    }
  }

  /// What a dead run left is nobody's problem, whatever it is.
  @Test func aDamagedMarkerOfADeadRunIsInNobodysWay() throws {
    let project = try Project()
    try project.write("{", to: ".testmon_xdist/controller_ready.json")
    chmod(project.path(".testmon_xdist"), 0o700)
    #expect(try project.testmonXdist("controller", "--detach").status == 0)
    #expect(try project.testmonXdist("worker", "gw0").status == 0)
    #expect(try project.testmonXdist("cleanup").status == 0)
    #expect(!project.hasRunFolder)
  }
}

extension ExitStatusTests.Untrusted {
  fileprivate var isMarker: Bool {
    switch self {
    case .symbolicLink, .file, .writableByAll: false
    case .damagedMarker, .unknownProtocol, .linkedMarker: true
    }
  }
}
