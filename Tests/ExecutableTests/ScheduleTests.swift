import Testing

/// The setting `schedule`, with real workers: which tests run, and in which order.
@Suite struct ScheduleTests {
  /// Notes every test that runs, and every module that is set up, in files outside of the project.
  private static let conftest = """
    import os

    import pytest


    def note(file, word):
        with open(os.path.join(os.environ["NOTES"], file), "a") as notes:
            notes.write(word + "\\n")


    @pytest.fixture(scope="module", autouse=True)
    def module(request):
        note("modules", request.module.__name__)


    def pytest_runtest_call(item):
        note("tests", item.name)

    """

  /// Six modules of ten tests each; `lib.py` decides which of them fail, and which end their process.
  private func project(_ release: String = "2.2.0") throws -> Project {
    let project = try Project(release)
    try project.write(Self.conftest, to: "conftest.py")
    try setLibrary(of: project)
    for module in 1...6 {
      let tests = (1...10).map { "def test_\(module)_\($0)():\n    lib.call('\(module)_\($0)', \($0))\n" }
      try project.write("import lib\n\n\n" + tests.joined(separator: "\n\n"), to: "test_\(module).py")
    }
    project.variables["NOTES"] = project.home
    return project
  }

  /// Affects all tests.
  /// - Parameters:
  ///   - version: any number that it had not before.
  ///   - failing: tests that fail, as Python's list of their names' ends; `ending`: tests that end their process.
  private func setLibrary(of project: Project, version: Int = 0, failing: String = "[]", ending: String = "[]") throws {
    try project.write(
      """
      import os
      import time


      def call(name, number):
          version = \(version)
          time.sleep(0.002 * number)
          if name in \(ending):
              os._exit(3)
          assert name not in \(failing), version

      """, to: "lib.py")
  }

  /// Runs pytest on two workers, and tells which tests it ran in which order, and how many modules were set up.
  private func run(
    _ project: Project, _ arguments: [String] = [], schedule: String? = nil
  ) throws -> (outcome: Outcome, tests: [String], modules: Int) {
    for file in ["tests", "modules"] { try project.write("", to: "\(project.home)/\(file)") }
    project.variables["TESTMON_XDIST_SCHEDULE"] = schedule
    let outcome = try project.startPytest(.plugin, ["--testmon", "-v", "-n", "2"] + arguments).finish()
    let lines = try ["tests", "modules"].map {
      let text = String(decoding: try project.bytes("\(project.home)/\($0)"), as: UTF8.self)
      return text.split(separator: "\n").map(String.init)
    }
    return (outcome, lines[0], lines[1].count)
  }

  private static let all = Set((1...6).flatMap { module in (1...10).map { "test_\(module)_\($0)" } })

  @Test(arguments: ["2.0.0", "2.0.13", "2.1.4", "2.2.0"])
  func byDurationOnceThatIsKnown(release: String) throws {
    let project = try project(release)
    let first = try run(project)
    #expect(first.outcome.output.contains("scheduling tests via LoadScheduling"), "\(first.outcome)")
    var setUps: [Int] = []
    for (version, schedule, name) in [(1, nil, "DurationScheduling"), (2, "xdist", "LoadScheduling")] {
      try setLibrary(of: project, version: version)
      let (outcome, tests, modules) = try run(project, schedule: schedule)
      #expect(outcome.status == 0 && outcome.alarms == [], "\(outcome)")
      #expect(outcome.output.contains("scheduling tests via \(name)"), "\(outcome)")
      #expect(tests.count == 60 && Set(tests) == Self.all)
      setUps.append(modules)
    }
    #expect(setUps[0] <= setUps[1], "set-ups of modules, ours and xdist's: \(setUps)")
  }

  @Test func whatHasFailedComesFirst() throws {
    let project = try project()
    _ = try run(project)
    let failing = ["test_2_7", "test_5_3"]
    try setLibrary(of: project, version: 1, failing: "['2_7', '5_3']")
    #expect(try run(project).outcome.failed == 2)
    try setLibrary(of: project, version: 2, failing: "['2_7', '5_3']")
    // One of the workers may have run more than one when the other begins.
    #expect(try Set(run(project).tests.prefix(6)).isSuperset(of: failing))
    // And nothing that takes longer than needed comes before them.
    try setLibrary(of: project, version: 3, failing: "['2_7', '5_3']")
    let (outcome, tests, _) = try run(project, ["-x"])
    #expect(outcome.status != 0 && !Set(tests.prefix(6)).isDisjoint(with: failing) && tests.count < 60, "\(outcome)")
    try setLibrary(of: project, version: 4)
    #expect(try run(project).tests.count == 60)
  }

  @Test func whereARunMayEndEarlyTheShortestComeFirst() throws {
    let project = try project()
    _ = try run(project)
    // Two modules that take no time: with every other order they come last.
    for module in [3, 4] {
      let tests = (1...10).map { "def test_\(module)_\($0)():\n    lib.call('\(module)_\($0)', 0)\n" }
      try project.write("import lib\n\n\n" + tests.joined(separator: "\n\n"), to: "test_\(module).py")
    }
    _ = try run(project)
    for (version, arguments, isFirst) in [(1, [], false), (2, ["--maxfail", "3"], true)] {
      try setLibrary(of: project, version: version)
      let (outcome, tests, _) = try run(project, arguments)
      #expect(outcome.status == 0 && tests.count == 60, "\(outcome)")
      let begun = Set(tests.prefix(6).map { $0.dropFirst("test_".count).first })
      #expect(begun.isSubset(of: ["3", "4"]) == isFirst, "\(tests)")
    }
  }

  @Test(arguments: ["load", "loadscope", "loadfile", "loadgroup", "worksteal"])
  func aWorkerThatDiesTakesNoTestAlong(mode: String) throws {
    let project = try project()
    // When nothing is known of the tests, and when it is.
    for version in [0, 1] {
      try setLibrary(of: project, version: version, ending: "['4_5']")
      let (outcome, tests, _) = try run(project, ["--dist", mode, "--max-worker-restart", "3"])
      #expect(outcome.failed == 1 && outcome.passed == 59 && outcome.alarms == [], "\(outcome)")
      #expect(tests.count == 60 && Set(tests) == Self.all)
    }
    // It is owed, and what else there is runs with it.
    try setLibrary(of: project, version: 2)
    #expect(try Set(run(project, ["--dist", mode]).tests) == Self.all)
  }

  @Test(arguments: ["loadscope", "loadfile", "loadgroup"])
  func groupsStayWholeAndTheLongestComesFirst(mode: String) throws {
    // xdist 3.8 knows no groups with pytest 9, which 2.2.0 is tested with.
    let project = try project("2.1.4")
    // Module 6 has the longest tests, and fewer of them than the others.
    let tests = (1...5).map { "def test_6_\($0)():\n    lib.call('6_\($0)', 60)\n" }
    let mark = mode == "loadgroup" ? "import pytest\n\npytestmark = pytest.mark.xdist_group('six')\n" : ""
    try project.write("import lib\n\(mark)\n\n" + tests.joined(separator: "\n\n"), to: "test_6.py")
    _ = try run(project)
    for (version, schedule) in [(1, nil), (2, "xdist")] {
      try setLibrary(of: project, version: version)
      let (outcome, tests, modules) = try run(project, ["--dist", mode], schedule: schedule)
      #expect(outcome.status == 0 && tests.count == 55, "\(outcome)")
      if mode != "loadgroup" { #expect(modules == 6) }
      let isFirst = tests.prefix(20).contains("test_6_1")
      #expect(isFirst == (schedule == nil), "\(tests)")
    }
  }

  @Test func howLongTestsTakeIsKnownWhereAllAreNewToo() throws {
    let project = try project()
    _ = try run(project)
    let package = "\(project.home)/package"
    try project.write(
      "Metadata-Version: 2.1\nName: some-package\nVersion: 1.0\n", to: "\(package)/some_package-1.0.dist-info/METADATA")
    project.pythonPath.append(package)
    let (outcome, tests, _) = try run(project)
    #expect(outcome.output.contains("scheduling tests via DurationScheduling") && tests.count == 60, "\(outcome)")
  }

  @Test func somebodysOwnSchedulerIsUsed() throws {
    let project = try project()
    _ = try run(project)
    let own = """
      from xdist.scheduler import LoadScheduling


      class OwnScheduling(LoadScheduling):
          pass


      def pytest_xdist_make_scheduler(config, log):
          return OwnScheduling(config, log)

      """
    try project.write(Self.conftest + "\n\n" + own, to: "conftest.py")
    let (outcome, tests, _) = try run(project)
    #expect(outcome.output.contains("scheduling tests via OwnScheduling") && tests.count == 60, "\(outcome)")
  }
}
