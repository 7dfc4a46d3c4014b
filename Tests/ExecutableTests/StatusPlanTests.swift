import FoundationEssentials
import Glibc
import Platform
import Testing

/// `status --plan`: it says what the next run does, and does nothing.
@Suite struct StatusPlanTests {
  private struct Report: Decodable {
    struct ChangedFile: Decodable, Equatable {
      let file: String
      let tests: Int
    }
    struct Prediction: Decodable {
      let workers: Int
      let seconds: Double
    }
    struct Plan: Decodable {
      let tests: Int
      let allTests: Int
      let unknownTests: Int
      let changedFiles: [ChangedFile]
      let predictions: [Prediction]
      let workers: Int?
      let message: String
    }
    let schema: Int
    let plan: Plan
  }

  private static let unknown =
    "as many workers as xdist would start, because no test is known yet with these packages and this Python"

  private func project(_ release: String = "2.2.0") throws -> Project {
    let project = try Project(release)
    try project.addFortyTests()
    try project.write(Project.notingConftest, to: "conftest.py")
    return project
  }

  /// Asks for the plan, and checks that nothing has changed by it.
  private func plan(
    of project: Project, with more: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> (plan: Report.Plan, text: String) {
    func state() throws -> ([UInt8]?, [String], Int, Bool) {
      let data = project.exists(".testmondata") ? try project.bytes(".testmondata") : nil
      let names = try project.names().filter {
        !$0.hasPrefix(".testmondata-") && $0 != "__pycache__"
      }
      return (data, names, try project.history().count, project.hasRunFolder)
    }
    let before = try state()
    let json = try project.testmonXdist("status", "--plan", "--json", with: more)
    try #require(json.status == 0 && json.errors == "", "\(json)", sourceLocation: sourceLocation)
    let report = try json.decoded(Report.self)
    let text = try project.testmonXdist("status", "--plan", with: more)
    try #require(text.status == 0 && text.errors == "", "\(text)", sourceLocation: sourceLocation)
    #expect(try before == state(), sourceLocation: sourceLocation)
    return (report.plan, text.output)
  }

  @Test func withoutAPlaceForACopyItSaysWhatIsMissing() throws {
    let project = try project()
    _ = try project.plannedRun("-n", "2")
    let outcome = try project.testmonXdist("status", "--plan", with: ["TMPDIR": "/nowhere"])
    #expect(outcome.status == 5 && outcome.errors.contains("in /nowhere no folder can be made"), "\(outcome)")
    #expect(outcome.errors.contains("export TMPDIR=") && !outcome.errors.contains("mv "), "\(outcome)")
  }

  @Test(arguments: [SIGINT, SIGTERM]) func whenItIsInterruptedNoCopyIsLeft(signal: Int32) throws {
    let project = try project()
    _ = try project.plannedRun("-n", "2")
    try project.write("", to: "\(project.home)/tmp/file")
    let stop = """

      import glob, os, time

      if glob.glob(os.environ.get("TMPDIR", "/nowhere") + "/testmon-xdist-*/testmondata"):
          open("started", "w").close()
          time.sleep(1000)
      """
    try project.write(Project.notingConftest + stop, to: "conftest.py")
    let process = try project.start(
      [Surroundings.executable, "status", "--plan"], ["TMPDIR": "\(project.home)/tmp"])
    try project.waitForFile("started")
    process.send(signal)
    let outcome = try process.finish()
    #expect(outcome.end == .signaled(signal) && outcome.text == "", "\(outcome)")
    #expect(try project.names("\(project.home)/tmp") == ["file"])
  }

  @Test(arguments: Extent.of(["2.0.0", "2.0.13", "2.1.4", "2.2.0"], part: ["2.0.0", "2.2.0"]))
  func itSaysWhatTheNextRunDoes(release: String) throws {
    let project = try project(release)
    let first = try plan(of: project)
    #expect(
      first.plan.message == Self.unknown && first.plan.workers == nil && first.plan.allTests == 0)
    #expect(
      first.plan.predictions.isEmpty && first.text.contains("Plan\n  choice  \(Self.unknown)\n"),
      "\(first)")
    #expect(!project.exists(".testmondata"))
    let run = try project.plannedRun("-n", "auto")
    #expect(run.plan == Self.unknown && run.ran.count == 40, "\(run)")
    for (edit, tests, unknown, changed) in [
      ("nothing", 0, 0, [:]), ("function", 20, 0, ["lib.py": 20]),
      ("all", 40, 0, ["lib.py": 20, "tests/test_mul.py": 20]), ("new file", 0, 20, [:]),
    ] {
      switch edit {
      case "function": try project.editAdd("b + a")
      case "all":
        try project.editAdd("a + 0 + b")
        let old = String(decoding: try project.bytes("tests/test_mul.py"), as: UTF8.self)
        try project.write(old.replacing("mul(i, 2)", with: "mul(2, i)"), to: "tests/test_mul.py")
      case "new file": try project.write("def test_new():\n    pass\n", to: "tests/test_new.py")
      default: break
      }
      let (plan, text) = try plan(of: project)
      let files = Dictionary(uniqueKeysWithValues: plan.changedFiles.map { ($0.file, $0.tests) })
      #expect(
        plan.tests == tests && plan.allTests == 40 && plan.unknownTests == unknown,
        "\(edit): \(plan)")
      #expect(files == changed && plan.workers == 0, "\(edit): \(plan)")
      #expect(
        plan.predictions.first?.workers == 0 && plan.predictions.count > 1, "\(edit): \(plan)")
      #expect(text.contains("  choice     \(plan.message)\n"), "\(edit): \(text)")
      for (file, tests) in changed {
        #expect(text.contains(" \(file): \(tests) tests\n"), "\(edit): \(text)")
      }
      let run = try project.plannedRun("-n", "auto")
      #expect(
        Self.withoutTime(run.plan) == Self.withoutTime(plan.message), "\(edit): \(plan) \(run)")
      #expect(
        run.isInThisProcess && run.ran.count == (edit == "new file" ? 1 : tests), "\(edit): \(run)")
    }
  }

  /// How long it takes isn't the same: the run has one more to learn from.
  private static func withoutTime(_ message: String?) -> String? {
    message?.replacing(/, about [0-9.]+ s:/, with: ":")
  }

  @Test func whereTestsWaitItSaysHowManyWorkers() throws {
    let project = try Project()
    try project.limitToTwoProcessors()
    try project.addSleepingTests()
    try project.installPlugin()
    _ = try project.plannedRun("-n", "auto")
    try project.editSleep(0.5, version: 1)
    let (plan, text) = try plan(of: project)
    let workers = try #require(plan.workers)
    #expect(
      workers > 1 && plan.tests == 24 && plan.changedFiles == [.init(file: "lib.py", tests: 24)],
      "\(plan)")
    #expect(text.contains(", the choice\n"), "\(text)")
  }

  @Test func duringALiveRun() throws {
    let project = try Project()
    try project.addWaitingTest()
    let run = try project.startPytest(.plugin, ["--testmon", "-n", "2"])
    try project.waitForFile("started")
    let live = try project.testmonXdist("status", "--plan", "--json")
    #expect(live.status == 0 && live.alarms == [], "\(live)")
    #expect(try live.decoded(Status.self).run?.state == "ready", "\(live)")
    _ = try live.decoded(Report.self)
    try project.write("", to: "go")
    let outcome = try run.finish()
    #expect(outcome.status == 0 && outcome.passed == 5 && outcome.alarms == [], "\(outcome)")
    #expect(try plan(of: project).plan.tests == 0)
  }

  @Test(arguments: [[], ["--json"]])
  func aDamagedDataFile(arguments: [String]) throws {
    let project = try project()
    let damaged = Array("this is no database, but long enough to be looked at as one".utf8)
    try project.write(damaged, to: ".testmondata")
    let outcome = try project.startTestmonXdist(["status", "--plan"] + arguments).finish()
    #expect(outcome.status == 5 && outcome.errors.contains(".testmondata"), "\(outcome)")
    #expect(try project.bytes(".testmondata") == damaged && !project.hasRunFolder)
  }

  @Test func aPythonWithoutTestmon() throws {
    let project = try project()
    let outcome = try project.testmonXdist("status", "--plan", "--python", try Surroundings.python)
    #expect(outcome.status == 2 && outcome.errors.contains("--python PATH"), "\(outcome)")
    #expect(
      outcome.errors.split(separator: "\n").count == 1 && !outcome.diedOfASignal, "\(outcome)")
  }

  @Test func whatTheConfigurationSays() throws {
    let project = try project()
    try project.write("def test_other():\n    pass\n", to: "others/test_other.py")
    _ = try project.plannedRun("-n", "auto")
    try project.editAdd("b + a")
    // A folder.
    for (variables, tests) in [
      ([:], 20), (["PYTEST_ADDOPTS": "others"], 0), (["PYTEST_ADDOPTS": "tests/test_add.py"], 20),
    ] {
      #expect(try plan(of: project, with: variables).plan.tests == tests, "\(variables)")
    }
    // A number.
    let three = try plan(of: project, with: ["PYTEST_ADDOPTS": "-n 3"]).plan
    #expect(three.tests == 20 && three.predictions.map(\.workers) == [0, 1, 2, 3], "\(three)")
    try project.write("[pytest]\naddopts = -n 0 tests\n", to: "pytest.ini")
    let none = try plan(of: project).plan
    #expect(
      none.workers == nil && none.message.contains("xdist is not asked to distribute tests"),
      "\(none)")
    try project.write("[pytest]\naddopts = -k add\n", to: "pytest.ini")
    #expect(try plan(of: project).plan.message.hasSuffix(" because -k is given"))
  }
}
