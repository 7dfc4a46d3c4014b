import Testing

/// A pytest that is only asked.
@Suite struct ProbeTests {
  /// pytest-cov erases it as soon as it is loaded, if it is to measure.
  @Test func whatCoverageHasMeasuredStays() throws {
    let project = try Project()
    try project.addFourTests()
    project.pythonPath.append(try Surroundings.installed(.cov))
    try project.write("[pytest]\naddopts = --cov=tests\n", to: "pytest.ini")
    try project.write("measured", to: ".coverage")
    for command in [["controller", "--", "true"], ["status", "--plan"]] {
      let outcome = try project.startTestmonXdist(command).finish()
      #expect(outcome.status == 0, "\(outcome)")
      #expect(try project.bytes(".coverage") == Array("measured".utf8), "\(command)")
    }
  }
}
