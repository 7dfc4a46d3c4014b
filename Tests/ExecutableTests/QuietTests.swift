import Testing

/// `--quiet` is quiet: nothing but errors is said, by whomever.
@Suite struct QuietTests {
  /// Also not by the plugins of pytests below, in their headers and workers.
  @Test func aQuietCommandIsAsIfItWasNotWrapped() throws {
    let project = try Project()
    try project.addFourTests()
    project.variables["TESTMON_XDIST_DEBUG"] = "true"
    let pytest = ["\(project.environment)/bin/pytest", "--testmon", "-n", "2"]
    let quiet = try project.startTestmonXdist(["controller", "--quiet", "--"] + pytest).finish()
    #expect(quiet.status == 0 && quiet.passed == 4 && quiet.errors == "" && quiet.ourLines == [], "\(quiet)")
    let loud = try project.startTestmonXdist(["controller", "--"] + pytest).finish()
    #expect(loud.ourLines.contains { $0.hasPrefix("testmon-xdist: 0.1.0, environment default") }, "\(loud)")
  }

  @Test func cleanupSaysOnlyWhatItHadToLeave() throws {
    let project = try Project()
    try #require(project.testmonXdist("controller", "--detach", "--quiet").text == "")
    let ended = try project.testmonXdist("cleanup", "--quiet")
    #expect(ended.status == 0 && ended.text == "" && !project.hasRunFolder, "\(ended)")
    let nothing = try project.testmonXdist("cleanup", "--quiet")
    #expect(nothing.status == 0 && nothing.text == "", "\(nothing)")
    try #require(project.testmonXdist("controller", "--detach", "--quiet").text == "")
    try project.write("", to: ".testmon_xdist/precious")
    let left = try project.testmonXdist("cleanup", "--quiet")
    #expect(left.output.contains("precious in it isn't ours"), "\(left)")
    #expect(try project.run(["rm", ".testmon_xdist/precious"]).status == 0)
  }

  /// What nobody can go on without is said all the same.
  @Test func errorsAreTold() throws {
    let project = try Project()
    let outcome = try project.testmonXdist("worker", "gw0", "--quiet", "--timeout", "0.01")
    #expect(outcome.status == 3 && outcome.errors.hasPrefix("testmon-xdist: error: no live run"), "\(outcome)")
  }
}
