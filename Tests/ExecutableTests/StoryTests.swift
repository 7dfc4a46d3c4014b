import Testing

/// The story of parallel testmon in eight steps: what changes between them, and how many tests must run.
@Suite struct StoryTests {
  private struct Step: Sendable {
    let name: String
    let passed: Int
    var arguments: [String] = []
    var change: @Sendable (Project) throws -> Void = { _ in }
  }

  private static let steps: [Step] = [
    Step(name: "fresh", passed: 40),
    Step(name: "again", passed: 0),
    Step(name: "package added", passed: 40) { $0.pythonPath.append(try Surroundings.installed(.six)) },
    Step(name: "again", passed: 0),
    // The first environment's data has been kept: only what the edit touches runs.
    Step(name: "package removed, edit", passed: 20) {
      let six = try Surroundings.installed(.six)
      $0.pythonPath.removeAll { $0 == six }
      try $0.editAdd("b + a")
    },
    Step(name: "again", passed: 0),
    Step(name: "edit", passed: 20) { try $0.editAdd("a + b") },
    Step(name: "nocollect", passed: 0, arguments: ["--testmon-nocollect"]),
  ]

  /// One or more of each data version, and each of the ways in which testmon treats its workers.
  private static let releases = Extent.of(
    ["2.0.0", "2.0.6", "2.0.12", "2.0.13", "2.0.15", "2.1.1", "2.1.4", "2.2.0"],
    part: ["2.0.0", "2.0.6", "2.0.12", "2.1.4", "2.2.0"])

  @Test(arguments: Extent.pairs(releases, [Way.plugin, .wrapper]))
  func everyStepIsRight(release: String, way: Way) throws { try Self.tell(in: Project(release), way) }

  @Test(.enabled(if: ExtraPython.areHere), arguments: Extent.pairs(ExtraPython.all, [Way.plugin, .wrapper]))
  func everyStepIsRightOnOtherPythons(python: ExtraPython, way: Way) throws {
    try Self.tell(in: Project(on: python), way)
  }

  private static func tell(in project: Project, _ way: Way) throws {
    try project.addFortyTests()
    for (number, step) in steps.enumerated() {
      try step.change(project)
      let outcome = try project.startPytest(way, ["--testmon", "-n", "2", "-q"] + step.arguments).finish()
      let context: Comment = "step \(number + 1), \(step.name): \(outcome)"
      try #require(outcome.status == 0 && outcome.passed == step.passed, context)
      #expect(outcome.alarms == [], context)
      #expect(!project.hasRunFolder, context)
    }
  }

  /// What all this is for. If this fails, testmon has been mended, or the story no longer tells what it should.
  @Test(arguments: ["2.0.15", "2.1.1", "2.1.4"])
  func withoutTheToolItFails(release: String) throws {
    let project = try Project(release)
    try project.addFortyTests()
    let failure = try Self.steps.first { step in
      try step.change(project)
      let outcome = try project.startPytest(.alone, ["--testmon", "-n", "2", "-q"] + step.arguments).finish()
      return outcome.text.contains("sqlite3.OperationalError: attempt to write a readonly database")
    }
    #expect(failure != nil)
  }
}
