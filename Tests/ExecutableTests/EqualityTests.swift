import Testing

/// A parallel run is a serial run, only faster: on open-source projects, the data that it stores is equal, and after
/// each of a series of edits it runs the same tests.
@Suite struct EqualityTests {
  /// A change of a project, and whether any tests must run after it; nil where that depends on the project.
  private struct Step: Sendable {
    let name: String
    var runs: Bool? = true
    /// Whether nothing has been recorded yet.
    var isFresh = false
    /// What `status --why` names, besides other causes: MODULE, FUNCTION, TESTS and TEST stand for the project's.
    var causes: [String] = []
    var change: @Sendable (SourceCopy) throws -> Void = { _ in }
  }

  private static let fresh = Step(name: "fresh", isFresh: true, causes: ["no data yet"])
  private static let functionChanged = ["FUNCTION in MODULE changed"]

  private static let edits = [
    Step(name: "function body", causes: functionChanged) { try $0.editFunction() },
    Step(name: "new function", causes: ["new_function added to MODULE"]) {
      try $0.append("def new_function():\n    return 1", to: $0.source.module)
    },
    Step(name: "comment only", runs: false) { try $0.append("# A comment.", to: $0.source.module) },
    Step(name: "new test, which fails", causes: ["test_new added to TESTS", "new in TESTS"]) {
      try $0.append("def test_new():\n    assert False", to: $0.source.testFile)
    },
    Step(name: "nothing; what has failed runs again", causes: ["failed last time"]),
    Step(name: "two deleted tests", causes: ["test_new removed from TESTS", "TEST removed from TESTS"]) {
      try $0.deleteTest("test_new")
      try $0.deleteTest($0.source.test)
    },
    // The other file's tests run nevertheless.
    Step(name: "syntax error in a test file, and a function body", causes: functionChanged) {
      try $0.breakSyntax(of: $0.source.testFile)
      try $0.editFunction()
    },
    Step(name: "its repair", runs: nil) { try $0.repairSyntax(of: $0.source.testFile) },
    Step(name: "syntax error in the package", runs: nil) { try $0.breakSyntax(of: $0.source.module) },
    Step(name: "its repair", runs: false) { try $0.repairSyntax(of: $0.source.module) },
    Step(name: "renamed file", causes: ["RENAMED is new"]) { try $0.renameTestFile() },
  ]

  private static let packageUp = Step(name: "package up", causes: ["some-package 1.0 → 2.0"]) {
    try $0.install("2.0")
  }
  private static let packageDown = Step(name: "package down") { try $0.install("1.0") }
  private static let again = Step(name: "nothing", runs: false)

  /// A way to distribute tests.
  struct Mode: Sendable {
    let name: String
    let arguments: [String]
    var variables: [String: String] = [:]
    /// nil: as many as testmon-xdist finds worth their start.
    var workers: Int? = 2

    static func dist(_ name: String) -> Mode { Mode(name: name, arguments: ["-n", "2", "--dist", name]) }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let release: String
    let source: SourceProject
    let modes: [Mode]
    let isEdited: Bool

    var testDescription: String {
      let names = modes.map(\.name).joined(separator: " ")
      return "testmon \(release), \(source.name), \(names)\(isEdited ? ", with edits" : "")"
    }
  }

  private static let releases = ["2.0.0", "2.0.13", "2.1.1", "2.1.4", "2.2.0"]
  private static let modes = ["load", "loadscope", "loadfile", "loadgroup", "worksteal"].map(Mode.dist)
  private static let settings = [
    Mode(name: "auto", arguments: ["-n", "auto"], workers: nil),
    Mode(
      name: "always", arguments: ["-n", "3"], variables: ["TESTMON_XDIST_ADAPTIVE_WORKERS": "always"], workers: nil),
    Mode(
      name: "xdist", arguments: ["-n", "2"],
      variables: ["TESTMON_XDIST_ADAPTIVE_WORKERS": "off", "TESTMON_XDIST_SCHEDULE": "xdist"]),
  ]

  private static let cases = releases.flatMap { release in
    SourceProject.all.map { Case(release: release, source: $0, modes: modes + settings, isEdited: true) }
  }

  /// Each release, project, way to distribute and setting once; three of them with the edits.
  private static let fewCases: [Case] = {
    let sources = SourceProject.all
    let edited = [0, 3].map { number in
      let source = sources[number % sources.count]
      return Case(release: releases[number], source: source, modes: [modes[number]], isEdited: true)
    }
    let fresh = [1, 2, 4].map { number in
      let source = sources[number % sources.count]
      return Case(release: releases[number], source: source, modes: [modes[number]], isEdited: false)
    }
    return edited + fresh + [Case(release: releases[4], source: sources[1], modes: settings, isEdited: true)]
  }()

  /// Of several ways at once `make test` takes a part.
  private static func edits(of one: Case) -> [Step] {
    one.modes.count == 1 ? edits : Extent.of(edits, part: Array(edits.prefix(6)))
  }

  @Test(arguments: Extent.of(cases, part: fewCases)) func aParallelRunIsASerialRun(of one: Case) throws {
    let comparison = try Comparison(one.source, one.modes) { try Project(one.release) }
    try comparison.take(Self.fresh)
    #expect(try comparison.serial.recorded(withContents: true).tests >= 300)
    if !one.isEdited { return }
    for step in Self.edits(of: one) { try comparison.take(step) }
    // A serial run takes the wrong environment when packages have changed, and leaves tests out (up to 2.1.4), or forgets
    // the one that comes back (2.2.0). With a data file for each version of the package it is right, and tells what a
    // parallel run must do with its one file.
    comparison.serial.dataFile = ".testmondata-2.0"
    try comparison.take(Self.packageUp)
    let name = "function body, with the newer package"
    try comparison.take(Step(name: name, causes: Self.functionChanged) { try $0.editFunction() })
    comparison.serial.dataFile = ".testmondata"
    try comparison.take(Self.packageDown)
    try comparison.take(Self.again)
  }

  /// Where coverage's default can't tell tests apart: the serial runs are told to use another core, ours know.
  @Test(
    .enabled(if: ExtraPython.areHere), arguments: Extent.of(ExtraPython.all, part: Array(ExtraPython.all.suffix(1))))
  func onOtherPythonsToo(python: ExtraPython) throws {
    let comparison = try Comparison(SourceProject.all[0], [.dist("load")]) { try Project(on: python) }
    comparison.serial.project.variables["COVERAGE_CORE"] = "ctrace"
    if python.version == "3.12" { comparison.parallel[0].copy.project.variables["COVERAGE_CORE"] = "sysmon" }
    for step in [Self.fresh] + Extent.of(Self.edits, part: Array(Self.edits.prefix(4))) {
      try comparison.take(step)
    }
  }

  /// With 2.2.0, and where no environment is kept, a serial run's own data file tells the same.
  @Test func withNothingKeptPackagesChangeAsWithTestmonAlone() throws {
    let comparison = try Comparison(SourceProject.all[0], [.dist("load")]) { try Project() }
    for (_, copy) in comparison.parallel { copy.project.variables["TESTMON_XDIST_KEEP_ENVIRONMENTS"] = "1" }
    for step in [Self.fresh, Self.packageUp, Self.again, Self.packageDown, Self.again] { try comparison.take(step) }
  }

  /// One project for serial runs and one for each way to distribute, with the same edits.
  private struct Comparison {
    let serial: SourceCopy
    let parallel: [(mode: Mode, copy: SourceCopy)]

    init(_ source: SourceProject, _ modes: [Mode], makeProject: () throws -> Project) throws {
      serial = try SourceCopy(source, in: makeProject())
      parallel = try modes.map { ($0, try SourceCopy(source, in: makeProject())) }
      for (mode, copy) in parallel { copy.project.variables.merge(mode.variables) { $1 } }
    }

    func take(_ step: Step) throws {
      try step.change(serial)
      // xdist always runs what it could collect.
      let expected = try serial.run(.alone, ["--continue-on-collection-errors"])
      try #require(step.runs == nil || step.runs != expected.ran.isEmpty, "\(step.name), serial: \(expected.outcome)")
      let recorded = try serial.recorded(withContents: step.isFresh)
      for (mode, copy) in parallel {
        try step.change(copy)
        let (outcome, ran) = try copy.run(.wrapper, mode.arguments)
        let context: Comment = "\(step.name), \(mode.name): \(outcome)"
        #expect(outcome.ourAlarms == [] && outcome.status == expected.outcome.status, context)
        let status = try copy.project.status("--history", "--why")
        let run = try #require(status.history?.first, context)
        if let workers = mode.workers { #expect(run.workers.count == workers, context) }
        let (missing, added) = (Set(expected.ran).subtracting(ran), Set(ran).subtracting(expected.ran))
        #expect(missing == [] && added == [] && ran.count == expected.ran.count, context)
        try checkCauses(#require(status.why), of: ran, in: copy, step, context)
        let differences = try recorded.differences(
          from: copy.recorded(withContents: step.isFresh), names: ("serial", mode.name))
        #expect(differences.prefix(10) == [], "\(differences.count) differences after: \(step.name)")
      }
    }

    /// No test that ran is without a cause, and the edit is named.
    private func checkCauses(
      _ why: Status.Why, of ran: [String], in copy: SourceCopy, _ step: Step, _ context: Comment
    ) throws {
      let tests = Set(ran.filter { !$0.hasPrefix("not collected: ") })
      #expect(try copy.project.testsWithACause() == tests && why.run?.tests?.ran == tests.count, context)
      let texts = why.causes.map(\.text)
      for template in step.causes {
        let cause = copy.source.names.reduce(template) { $0.replacing($1.key, with: $1.value) }
        #expect(texts.contains { $0.hasSuffix(cause) }, "\(cause) isn't in \(texts)\n\(context)")
      }
      if tests.isEmpty { #expect(why.causes.allSatisfy { $0.kind == "left_out" || $0.tests == 0 }, context) }
    }
  }
}

extension Outcome {
  /// The alarms, without what a failing test writes.
  fileprivate var ourAlarms: [String] { alarms.filter { $0 != "Traceback" } }
}
