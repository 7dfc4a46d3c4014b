import SQLite
import Testing

/// The setting `schedule`, with real workers: which tests run, and in which order.
@Suite struct ScheduleTests {
  /// Notes every test that runs, and every module that is set up, in files outside of the project.
  private static let conftest = """
    import os

    import pytest


    def note(file, word):
        with open(os.path.join(os.environ["NOTES"], file), "a") as notes:
            notes.write("%s %s\\n" % (os.environ["PYTEST_XDIST_WORKER"], word))


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

  private struct Ran {
    let outcome: Outcome
    /// The tests in the order in which they ran, of all workers.
    let tests: [String]
    /// The test that each worker ran first.
    let first: Set<String>
    /// How many modules were set up.
    let modules: Int
  }

  /// Runs pytest on two workers.
  private func run(_ project: Project, _ arguments: [String] = [], schedule: String? = nil) throws -> Ran {
    for file in ["tests", "modules"] { try project.write("", to: "\(project.home)/\(file)") }
    project.variables["TESTMON_XDIST_SCHEDULE"] = schedule
    let outcome = try project.startPytest(.plugin, ["--testmon", "-v", "-n", "2"] + arguments).finish()
    let notes = try ["tests", "modules"].map {
      let text = String(decoding: try project.bytes("\(project.home)/\($0)"), as: UTF8.self)
      return text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    }
    let first = Dictionary(notes[0].map { ($0[0], $0[1]) }) { first, _ in first }
    return Ran(outcome: outcome, tests: notes[0].map { $0[1] }, first: Set(first.values), modules: notes[1].count)
  }

  /// Says how long tests have taken: what this machine takes would depend on what else it does.
  private func setDurations(of project: Project, _ expression: String) throws {
    try Database(path: project.path(".testmondata"), access: .readWrite).execute(
      "UPDATE test_execution SET duration = \(expression)")
  }

  private static let all = Set((1...6).flatMap { module in (1...10).map { "test_\(module)_\($0)" } })

  @Test(arguments: Extent.of(["2.0.0", "2.0.13", "2.1.4", "2.2.0"], part: ["2.0.0", "2.2.0"]))
  func byDurationOnceThatIsKnown(release: String) throws {
    let project = try project(release)
    let first = try run(project)
    #expect(first.outcome.output.contains("scheduling tests via LoadScheduling"), "\(first.outcome)")
    var setUps: [Int] = []
    for (version, schedule, name) in [(1, nil, "DurationScheduling"), (2, "xdist", "LoadScheduling")] {
      try setLibrary(of: project, version: version)
      let ran = try run(project, schedule: schedule)
      #expect(ran.outcome.status == 0 && ran.outcome.alarms == [], "\(ran)")
      #expect(ran.outcome.output.contains("scheduling tests via \(name)"), "\(ran)")
      #expect(ran.tests.count == 60 && Set(ran.tests) == Self.all)
      setUps.append(ran.modules)
    }
    #expect(setUps[0] <= setUps[1], "set-ups of modules, ours and xdist's: \(setUps)")
  }

  @Test func whatHasFailedComesFirst() throws {
    let project = try project()
    _ = try run(project)
    let failing: Set = ["test_2_7", "test_5_3"]
    try setLibrary(of: project, version: 1, failing: "['2_7', '5_3']")
    #expect(try run(project).outcome.failed == 2)
    try setLibrary(of: project, version: 2, failing: "['2_7', '5_3']")
    #expect(try run(project).first == failing)
    try setLibrary(of: project, version: 3, failing: "['2_7', '5_3']")
    let ran = try run(project, ["-x"])
    // When the first has failed, the other worker may not have begun.
    #expect(ran.outcome.status != 0 && ran.first.isSubset(of: failing) && !ran.first.isEmpty, "\(ran)")
    try setLibrary(of: project, version: 4)
    #expect(try run(project).tests.count == 60)
  }

  @Test func whereARunMayEndEarlyTheShortestComeFirst() throws {
    let project = try project()
    _ = try run(project)
    let short = Set(Self.all.filter { $0.hasPrefix("test_3_") || $0.hasPrefix("test_4_") })
    for (version, arguments, isFirst) in [(1, [], false), (2, ["--maxfail", "3"], true)] {
      try setLibrary(of: project, version: version)
      try setDurations(of: project, "iif(test_name GLOB 'test_[34].py*', 0.01, 1)")
      let ran = try run(project, arguments)
      #expect(ran.outcome.status == 0 && ran.tests.count == 60, "\(ran)")
      #expect(isFirst ? ran.first.isSubset(of: short) : ran.first.isDisjoint(with: short), "\(ran)")
    }
  }

  private static let endings = [
    ("2.0.0", ["-x"]), ("2.0.13", ["--maxfail=2", "--dist", "loadscope"]), ("2.1.4", ["--sw", "--dist", "loadfile"]),
    ("2.2.0", ["--lf"]),
  ]
  private static let moreEndings = [("2.1.4", ["-x", "--dist", "loadgroup"]), ("2.2.0", ["--sw"])]

  /// A run that ends early, or was asked for a part of the tests, leaves the rest to the next one.
  @Test(arguments: Extent.of(endings + moreEndings, part: endings)) func nothingIsLeftOut(
    release: String, arguments: [String]
  ) throws {
    let project = try project(release)
    let failing: Set = ["test_2_7", "test_5_3"]
    for version in [0, 1] {
      try setLibrary(of: project, version: version, failing: "['2_7', '5_3']")
      #expect(try run(project).outcome.failed == 2)
    }
    try setLibrary(of: project, version: 2, failing: "['2_7', '5_3']")
    let part = try run(project, arguments)
    #expect(part.outcome.status != 0 && part.outcome.alarms == [] && !part.tests.isEmpty, "\(part)")
    let rest = try run(project)
    let ran = Set(part.tests)
    #expect(ran.count == part.tests.count && Set(rest.tests).count == rest.tests.count)
    #expect(ran.union(rest.tests) == Self.all && ran.intersection(rest.tests).isSubset(of: failing), "\(part)\n\(rest)")
    #expect(try Set(run(project).tests) == failing)
  }

  @Test(arguments: [("each", "EachScheduling", 120), ("worksteal", "WorkStealingScheduling", 60)])
  func theRestIsXdists(mode: String, name: String, count: Int) throws {
    let project = try project()
    _ = try run(project)
    try setLibrary(of: project, version: 1)
    let ran = try run(project, ["--dist", mode])
    #expect(ran.outcome.output.contains("scheduling tests via \(name)") && ran.outcome.alarms == [], "\(ran)")
    #expect(ran.tests.count == count && Set(ran.tests) == Self.all, "\(ran)")
  }

  @Test(arguments: ["load", "loadscope", "loadfile", "loadgroup", "worksteal"])
  func aWorkerThatDiesTakesNoTestAlong(mode: String) throws {
    let project = try project()
    // When nothing is known of the tests, and when it is.
    for version in [0, 1] {
      try setLibrary(of: project, version: version, ending: "['4_5']")
      let ran = try run(project, ["--dist", mode, "--max-worker-restart", "3"])
      #expect(ran.outcome.failed == 1 && ran.outcome.passed == 59 && ran.outcome.alarms == [], "\(ran)")
      #expect(ran.tests.count == 60 && Set(ran.tests) == Self.all)
    }
    // It is owed, and what else there is runs with it.
    try setLibrary(of: project, version: 2)
    #expect(try Set(run(project, ["--dist", mode]).tests) == Self.all)
  }

  /// xdist's worker doesn't start a test before it knows the next one; a group may be a single test.
  @Test(arguments: ["loadscope", "loadfile", "loadgroup"])
  func whoTakesTheOnlyWorkersPlaceGoesOn(mode: String) throws {
    // xdist 3.8 knows no groups with pytest 9, which 2.2.0 is tested with.
    let project = try project("2.1.4")
    _ = try run(project)
    try setLibrary(of: project, version: 1, ending: "['4_5']")
    let ran = try run(project, ["-n", "1", "--dist", mode, "--max-worker-restart", "3"])
    #expect(ran.outcome.failed == 1 && ran.outcome.passed == 59 && ran.outcome.alarms == [], "\(ran)")
    #expect(ran.tests.count == 60 && Set(ran.tests) == Self.all)
  }

  @Test(arguments: ["loadscope", "loadfile", "loadgroup"])
  func groupsStayWholeAndTheLongestComesFirst(mode: String) throws {
    let project = try project("2.1.4")
    // Module 6 has the longest tests, and fewer of them than the others.
    for module in 1...6 {
      let mark = mode == "loadgroup" ? "import pytest\n\npytestmark = pytest.mark.xdist_group('\(module)')\n" : ""
      let tests = (1...(module == 6 ? 5 : 10)).map {
        "def test_\(module)_\($0)():\n    lib.call('\(module)_\($0)', 1)\n"
      }
      try project.write("import lib\n\(mark)\n\n" + tests.joined(separator: "\n\n"), to: "test_\(module).py")
    }
    _ = try run(project)
    for (version, schedule) in [(1, nil), (2, "xdist")] {
      try setLibrary(of: project, version: version)
      try setDurations(of: project, "iif(test_name GLOB 'test_6.py*', 6, 0.1)")
      let ran = try run(project, ["--dist", mode], schedule: schedule)
      #expect(ran.outcome.status == 0 && ran.tests.count == 55 && ran.modules == 6, "\(ran)")
      #expect(ran.first.contains { $0.hasPrefix("test_6_") } == (schedule == nil), "\(ran)")
    }
  }

  @Test func howLongTestsTakeIsKnownWhereAllAreNewToo() throws {
    let project = try project()
    _ = try run(project)
    let package = "\(project.home)/package"
    try project.write(
      "Metadata-Version: 2.1\nName: some-package\nVersion: 1.0\n", to: "\(package)/some_package-1.0.dist-info/METADATA")
    project.pythonPath.append(package)
    let ran = try run(project)
    #expect(
      ran.outcome.output.contains("scheduling tests via DurationScheduling") && ran.tests.count == 60, "\(ran)")
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
    let ran = try run(project)
    #expect(ran.outcome.output.contains("scheduling tests via OwnScheduling") && ran.tests.count == 60, "\(ran)")
  }
}
