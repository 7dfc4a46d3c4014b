import Testing

/// A wrong setting is refused by whoever reads it, with its place.
@Suite struct SettingErrorTests {
  private static let place = "pyproject.toml:3:18: 'worker_timeout'"

  private func makeProject() throws -> Project {
    let project = try Project()
    try project.addFourTests()
    try project.write("[tool.testmon-xdist]\nenabled = true\nworker_timeout = \"fast\"\n", to: "pyproject.toml")
    return project
  }

  @Test(arguments: [["status"], ["cleanup"], ["worker", "gw0"], ["controller"]])
  func everyCommandNamesThePlace(arguments: [String]) throws {
    let outcome = try makeProject().startTestmonXdist(arguments).finish()
    #expect(outcome.status == 2 && outcome.output == "", "\(outcome)")
    #expect(outcome.errors.hasPrefix("testmon-xdist: error: \(Self.place)"), "\(outcome)")
    #expect(outcome.errors.contains("write for example worker_timeout = 30"), "\(outcome)")
  }

  @Test func pytestRefusesWithThatMessage() throws {
    let project = try makeProject()
    let outcome = try project.pytest(.plugin, "--testmon", "-n", "2")
    // pytest's own status for wrong usage.
    #expect(outcome.status == 4 && outcome.alarms == [], "\(outcome)")
    #expect(outcome.text.contains("ERROR: testmon-xdist: \(Self.place)"), "\(outcome)")
    #expect(!project.hasRunFolder && !project.exists(".testmondata"))
    let wrapped = try project.pytest(.wrapper, "--testmon", "-n", "2")
    #expect(wrapped.status == 125 && wrapped.errors.contains(Self.place), "\(wrapped)")
  }

  @Test func aMistypedNameGetsASuggestion() throws {
    let project = try Project()
    project.variables["TESTMON_XDIST_LOCK_TIMOUT"] = "5"
    let variable = try project.testmonXdist("status")
    #expect(variable.status == 2 && variable.errors.contains("TESTMON_XDIST_LOCK_TIMEOUT"), "\(variable)")
    project.variables["TESTMON_XDIST_LOCK_TIMOUT"] = nil
    try project.write("lock_timout = 5\n", to: "testmon-xdist.toml")
    let key = try project.testmonXdist("status")
    #expect(key.status == 2 && key.errors.contains("testmon-xdist.toml:1:1"), "\(key)")
    #expect(key.errors.contains("lock_timeout"), "\(key)")
  }

  @Test func aLaterLayerWins() throws {
    let project = try Project()
    try project.write("worker_timeout = 11\n", to: "\(project.home)/.config/testmon-xdist/config.toml")
    func waits() throws -> String { try project.testmonXdist("worker", "gw0").errors }
    try project.write("worker_timeout = 0.25\n", to: "testmon-xdist.toml")
    #expect(try waits().contains("after 0.25s"))
    project.variables["TESTMON_XDIST_WORKER_TIMEOUT"] = "0.125"
    #expect(try waits().contains("after 0.125s"))
    let flag = try project.testmonXdist("worker", "gw0", "--timeout", "0.0625")
    #expect(flag.status == 3 && flag.errors.contains("after 0.0625s"), "\(flag)")
  }
}
