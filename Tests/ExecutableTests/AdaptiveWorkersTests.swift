import FoundationEssentials
import Glibc
import Testing

/// The setting `adaptive_workers`, with real runs: how many workers there are, and which tests run.
@Suite struct AdaptiveWorkersTests {
  private func fortyTests(_ release: String = "2.2.0") throws -> Project {
    let project = try Project(release)
    try project.addFortyTests()
    try project.write(Project.notingConftest, to: "conftest.py")
    return project
  }

  private static let unknown =
    "as many workers as xdist would start, because no test is known yet with these packages and this Python"

  @Test(
    arguments: Extent.pairs(
      Extent.of(["2.0.0", "2.0.13", "2.1.4", "2.2.0"], part: ["2.0.0", "2.2.0"]), ["logical", "auto"]))
  func aSmallRunIsInThisProcess(release: String, number: String) throws {
    let (project, serial) = (try fortyTests(release), try fortyTests(release))
    for (step, edit) in ["", "", "b + a"].enumerated() {
      if edit != "" { for one in [project, serial] { try one.editAdd(edit) } }
      let run = try project.plannedRun("-n", number)
      let alone = try serial.plannedRun([], way: .alone)
      #expect(run.outcome.alarms == [] && !project.hasRunFolder, "\(run)")
      #expect(run.outcome.status == alone.outcome.status && run.ran == alone.ran, "\(run)\n\(alone)")
      #expect(run.ran.count == [40, 0, 20][step], "\(run)")
      if step == 0 {
        #expect(run.plan == Self.unknown && run.workers > 0, "\(run)")
      } else {
        #expect(run.isInThisProcess, "\(run)")
        let tests = "\([40, 0, 20][step]) of 40 tests to run"
        #expect(run.plan?.hasPrefix(tests) == true, "\(run)")
      }
    }
  }

  /// Who asks for a number gets it, or fewer.
  @Test func whatTheSettingLowers() throws {
    let project = try fortyTests()
    func run(_ setting: String, _ arguments: String...) throws -> PlannedRun {
      let run = try project.plannedRun(arguments, with: ["TESTMON_XDIST_ADAPTIVE_WORKERS": setting])
      #expect(run.outcome.status == 0 && run.outcome.alarms == [], "\(run)")
      return run
    }
    _ = try run("auto", "-n", "2")
    for (setting, number, workers) in [("auto", "3", 3), ("off", "3", 3), ("always", "3", 0), ("always", "1", 0)] {
      let run = try run(setting, "-n", number)
      #expect(run.workers == workers && run.ran == [], "\(setting): \(run)")
      #expect((run.plan != nil) == (setting == "always"), "\(setting): \(run)")
    }
    let off = try run("off", "-n", "auto")
    #expect(off.workers > 0 && off.plan == nil, "\(off)")
    // As few as there were asked for: nobody says anything.
    for arguments in [["-n", "0"], [], ["--pdb"], ["--collect-only"], ["-n", "2", "--collect-only"]] {
      let run = try project.plannedRun(arguments, with: ["TESTMON_XDIST_ADAPTIVE_WORKERS": "always"])
      #expect(run.plan == nil && run.outcome.alarms == [] && run.ran == [], "\(arguments) \(run)")
      #expect(!run.outcome.output.contains("workers"), "\(arguments) \(run)")
    }
    let each = try run("always", "-n", "2", "--dist", "each")
    #expect(each.workers == 2, "\(each)")
    let named = try run("always", "-d", "--tx", "2*popen")
    #expect(named.workers == 2 && named.plan == nil, "\(named)")
  }

  /// Tests that wait for something else than a processor.
  private func sleeping(_ conftest: String = "") throws -> Project {
    let project = try Project()
    try project.limitToTwoProcessors()
    try project.addSleepingTests()
    if conftest != "" { try project.write(Project.notingConftest + "\n\n" + conftest, to: "conftest.py") }
    return project
  }

  @Test func testsThatWaitGetMoreWorkersThanThereAreProcessors() throws {
    let project = try sleeping()
    let first = try project.plannedRun("-n", "auto")
    #expect(first.ran.count == 24 && (1...2).contains(first.workers), "\(first)")
    try project.editSleep(0.5, version: 1)
    let more = try project.plannedRun("-n", "auto")
    #expect(more.ran == first.ran && (3...8).contains(more.workers), "\(more)")
    #expect(more.outcome.status == 0 && more.outcome.alarms == [] && !project.hasRunFolder, "\(more)")
    #expect(more.plan?.hasPrefix("24 of 24 tests to run, about ") == true, "\(more)")
    #expect(more.plan?.hasSuffix(": \(more.workers) workers") == true, "\(more)")
    // Never more than somebody has said.
    for (version, arguments, variables) in [
      (2, ["-n", "auto", "--maxprocesses", "2"], [:]),
      (3, ["-n", "auto"], ["PYTEST_XDIST_AUTO_NUM_WORKERS": "2"]),
      (4, ["-n", "2"], ["TESTMON_XDIST_ADAPTIVE_WORKERS": "always"]),
    ] {
      try project.editSleep(0.5, version: version)
      let run = try project.plannedRun(arguments, with: variables)
      #expect(run.ran == first.ran && run.workers == 2, "\(run)")
      #expect(run.outcome.status == 0 && run.plan?.hasSuffix(": 2 workers") == true, "\(run)")
    }
  }

  @Test func aConftestHasTheLastWord() throws {
    let project = try sleeping("def pytest_xdist_auto_num_workers(config):\n    return 2\n")
    _ = try project.plannedRun("-n", "auto")
    try project.editSleep(0.5, version: 1)
    let asked = try project.plannedRun("-n", "auto")
    #expect(asked.ran.count == 24 && asked.workers == 2 && asked.outcome.status == 0, "\(asked)")
    // It doesn't ask xdist at all.
    try project.write(
      Project.notingConftest + """


        import pytest


        @pytest.hookimpl(tryfirst=True)
        def pytest_cmdline_main(config):
            if not hasattr(config, "workerinput"):  # or each worker would start three, and so on
                config.option.numprocesses = 3
                config.option.tx = ["popen"] * 3
                config.option.dist = "load"

        """, to: "conftest.py")
    for version in [2, 3] {
      try project.editSleep(0.5, version: version)
      let own = try project.plannedRun([])
      #expect(own.ran.count == 24 && own.workers == 3 && own.outcome.status == 0, "\(own)")
      #expect(own.plan == nil, "\(own)")
    }
  }

  @Test(arguments: [
    (["-k", "add"], "-k is given"), (["-m", "not slow"], "-m is given"), (["--lf"], "--lf is given"),
    (["--sw"], "--stepwise is given"), (["--testmon-noselect"], "testmon doesn't select"),
    (["tests/test_add.py::test_add[3]"], "testmon doesn't select"),
  ])
  func whereNothingCanBeSaid(arguments: [String], reason: String) throws {
    let project = try fortyTests()
    try project.write("[pytest]\nmarkers = slow\n", to: "pytest.ini")
    _ = try project.plannedRun("-n", "2")
    let run = try project.plannedRun(["-n", "auto"] + arguments)
    #expect(run.plan == "as many workers as xdist would start, because \(reason)", "\(run)")
    #expect(run.workers > 0 && run.outcome.alarms == [], "\(run)")
  }

  @Test func whatATestsNameMeansCounts() throws {
    let project = try fortyTests()
    _ = try project.plannedRun("-n", "2")
    try project.editAdd("b + a")
    let name = "tests/test_add.py::test_add"
    let run = try project.plannedRun("-n", "auto", "--testmon-forceselect", name)
    #expect(run.plan?.hasPrefix("20 of 40 tests to run") == true && run.ran.count == 20, "\(run)")
  }

  /// In the pytest's own process it would end the pytest.
  @Test(arguments: ["os._exit(3)", "os.kill(os.getpid(), signal.SIGKILL)"])
  func aTestThatEndsItsWorker(ending: String) throws {
    let project = try fortyTests()
    func edit(_ statement: String) throws {
      try project.write("import os\nimport signal\n\n\ndef test_end():\n    \(statement)\n", to: "tests/test_end.py")
    }
    try edit(ending)
    for _ in 1...2 {
      let run = try project.plannedRun("-n", "auto", "--max-worker-restart", "2")
      #expect(run.outcome.status == 1 && run.outcome.failed == 1 && run.workers > 0, "\(run)")
    }
    // It isn't forgotten while other tests run.
    let other = try project.plannedRun("-n", "auto", "tests/test_add.py")
    #expect(other.isInThisProcess && other.ran == [], "\(other)")
    let still = try project.plannedRun("-n", "auto", "--max-worker-restart", "2")
    #expect(still.plan?.hasSuffix(" (a test ended its process when it ran last)") == true, "\(still)")
    try edit("pass")
    let mended = try project.plannedRun("-n", "auto")
    #expect(mended.outcome.status == 0 && mended.workers == 1, "\(mended)")
    #expect(mended.ran == ["tests/test_end.py::test_end"], "\(mended)")
    let after = try project.plannedRun("-n", "auto")
    #expect(after.isInThisProcess && after.ran == [], "\(after)")
  }

  /// A new test, which nobody has seen end anything, ends pytest once.
  @Test func aTestThatEndsPytestItselfGetsAWorker() throws {
    let project = try fortyTests()
    _ = try project.plannedRun("-n", "2")
    try project.write("import os\n\n\ndef test_end():\n    os._exit(3)\n", to: "tests/test_end.py")
    let first = try project.plannedRun("-n", "auto")
    #expect(first.plan?.hasSuffix(": in this process") == true && first.outcome.status == 3, "\(first)")
    try project.waitForNoRunFolder()
    let second = try project.plannedRun("-n", "auto", "--max-worker-restart", "2")
    #expect(second.workers > 0 && second.outcome.status == 1 && second.outcome.failed == 1, "\(second)")
    #expect(second.ran == ["tests/test_end.py::test_end"], "\(second)")
  }

  @Test func aPytestThatRunsNoTestsHasNotDiedOfOne() throws {
    let project = try fortyTests()
    _ = try project.plannedRun("-n", "2")
    for option in ["--markers", "--fixtures", "--help"] {
      #expect(try project.pytest(.plugin, "--testmon", "-n", "auto", option).status == 0)
    }
    let run = try project.plannedRun("-n", "auto")
    #expect(run.isInThisProcess, "\(run)")
    #expect(try project.history().allSatisfy { $0.outcome == "finished" })
  }

  /// With workers pytest runs what it could collect, and so it does without.
  @Test func aFileThatCannotBeCollectedStopsNoOther() throws {
    let project = try fortyTests()
    _ = try project.plannedRun("-n", "2")
    try project.write("def (:\n", to: "tests/test_mul.py")
    try project.editAdd("b + a")
    let run = try project.plannedRun("-n", "auto")
    #expect(run.isInThisProcess && run.outcome.status == 1 && run.ran.count == 20, "\(run)")
  }
}
