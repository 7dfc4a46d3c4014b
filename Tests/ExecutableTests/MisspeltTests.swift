import Testing

/// Whoever has misspelt the variable is told, and doesn't wonder why nothing is coordinated.
@Suite struct MisspeltTests {
  private let project: Project

  init() throws {
    project = try Project()
    try project.addFourTests()
    try project.installPlugin()
  }

  private func pytest(_ variables: [String: String], _ arguments: String...) throws -> Outcome {
    try project.run(["\(project.environment)/bin/pytest"] + arguments, variables)
  }

  @Test func aMisspeltVariableIsNamedWhereNothingIsCoordinated() throws {
    let outcome = try pytest(
      ["TESTMON_XDIST_CONTROLER_PRECREATION": "true", "TESTMON_XDIST_ODD": "1"], "--testmon", "-q")
    #expect(outcome.status == 0 && outcome.passed == 4, "\(outcome)")
    #expect(
      outcome.errors == """
        WARNING: testmon-xdist: TESTMON_XDIST_CONTROLER_PRECREATION: unknown variable, and this run isn't coordinated; \
        did you mean TESTMON_XDIST_CONTROLLER_PRECREATION?
        WARNING: testmon-xdist: TESTMON_XDIST_ODD: unknown variable, and this run isn't coordinated; \
        unset it: unset TESTMON_XDIST_ODD

        """)
    // Once, and not by each worker.
    let distributed = try pytest(["TESTMON_XDIST_ENABLED": "true"], "--testmon", "-n", "2")
    let lines = distributed.errors.split(separator: "\n")
    #expect(lines.count == 1, "\(distributed)")
    #expect(lines.first?.hasSuffix("did you mean TESTMON_XDIST_CONTROLLER_PRECREATION?") == true, "\(distributed)")
  }

  /// Where nobody waits for coordination, or nothing is misspelt, nothing is said.
  @Test func nobodyElseIsBothered() throws {
    for (variables, arguments) in [
      (["TESTMON_XDIST_CONTROLER_PRECREATION": "true"], ["-q"]),
      (["TESTMON_XDIST_CONTROLER_PRECREATION": "true"], ["-q", "--testmon", "--no-testmon"]),
      (["TESTMON_XDIST_DEBUG": "true", "TESTMON_XDIST_EXECUTABLE": "/none"], ["-q", "--testmon"]),
    ] {
      let outcome = try project.run(["\(project.environment)/bin/pytest"] + arguments, variables)
      #expect(outcome.status == 0 && outcome.errors == "" && outcome.ourLines == [], "\(variables): \(outcome)")
    }
  }

  @Test func aMalformedValueIsRefusedWithWhatWouldBeRight() throws {
    let outcome = try pytest(["TESTMON_XDIST_CONTROLLER_PRECREATION": "True "], "--testmon", "-q")
    #expect(outcome.status == 4, "\(outcome)")
    #expect(
      outcome.text.contains(
        "ERROR: testmon-xdist: TESTMON_XDIST_CONTROLLER_PRECREATION: 'True ' has blanks or quotation marks around it; write True"
      ), "\(outcome)")
  }
}
