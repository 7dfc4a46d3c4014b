import Testing

/// A testmon, or a data file, from the future.
@Suite struct NewerTests {
  /// What the next release of testmon may look like.
  enum Future: String, CaseIterable {
    case dataVersion = "s/^DATA_VERSION = .*/DATA_VERSION = 15/"
    /// Nothing is where the plugin expects it.
    case everything =
      "s/^TESTMON_VERSION = .*/TESTMON_VERSION = '3.0.0'/; s/TestmonData/Records/g; s/DATA_VERSION/FORMAT/g"
  }

  /// A project with four tests recorded, whose testmon then becomes that one.
  private func project(_ future: Future) throws -> Project { try project(changing: future.rawValue) }

  private func project(changing script: String) throws -> Project {
    let project = try Project("2.2.0")
    try project.addFourTests()
    #expect(try project.pytest(.plugin, "--testmon", "-n", "2").passed == 4)
    let copied = try project.run([
      "/bin/sh", "-c",
      #"mkdir ../newer && cp -r "$0"/lib/python3*/site-packages/testmon ../newer && sed -i "$1" ../newer/testmon/*.py"#,
      project.environment, script,
    ])
    #expect(copied.status == 0, "\(copied)")
    project.pythonPath.insert("\(project.rootdir)/../newer", at: 0)
    return project
  }

  /// What counts is how it is made, not what it is called.
  @Test(arguments: [Way.plugin, .wrapper])
  func aReleaseThatIsMadeAlikeIsCoordinated(way: Way) throws {
    let project = try project(changing: "s/^TESTMON_VERSION = .*/TESTMON_VERSION = '2.3.0'/")
    try project.write("stop_on_newer = true\n", to: "testmon-xdist.toml")
    let outcome = try project.pytest(way, "--testmon", "-n", "2")
    #expect(outcome.isCoordinated && outcome.passed == 0 && outcome.alarms == [], "\(outcome)")
    let held = try project.testmonXdist("controller", "--detach")
    #expect(held.status == 0 && !held.errors.contains("newer"), "\(held)")
    let doctor = try project.testmonXdist("doctor")
    #expect(!doctor.text.contains("newer"), "\(doctor)")
  }

  @Test(arguments: Future.allCases)
  func theDoctorNamesIt(future: Future) throws {
    let project = try project(future)
    try project.installPlugin()
    let on = ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true"]
    let outcome = try project.startTestmonXdist(["doctor"], on).finish()
    #expect(outcome.text.contains("newer than") && outcome.text.contains("pytest-testmon<=2.2.0"), "\(outcome)")
    #expect(outcome.text.contains("runs go on without coordination"), "\(outcome)")
  }

  /// A part is missing whose place we would take.
  @Test func aReleaseThatWasChangedIsRefused() throws {
    let project = try project(changing: "s/get_nodes_files_lines/get_lines/g")
    let outcome = try project.pytest(.plugin, "--testmon", "-n", "2")
    #expect(outcome.status == 4 && outcome.text.contains("isn't made like"), "\(outcome)")
    #expect(!project.hasRunFolder)
  }

  @Test(arguments: Extent.pairs(Future.allCases, [Way.plugin, .wrapper]))
  func theRunGoesOnAsWithoutUs(future: Future, way: Way) throws {
    let project = try project(future)
    let outcome = try project.pytest(way, "--testmon", "-n", "2")
    #expect(outcome.status == 0 && outcome.passed == (future == .dataVersion ? 4 : 0), "\(outcome)")
    #expect(outcome.ourLines.count == 1 && outcome.errors.contains("newer than"), "\(outcome)")
    #expect(!project.hasRunFolder)
  }

  @Test(arguments: Extent.pairs(Future.allCases, [Way.plugin, .wrapper]))
  func itStopsWhereItShould(future: Future, way: Way) throws {
    let project = try project(future)
    try project.write("stop_on_newer = true\n", to: "testmon-xdist.toml")
    let before = try project.bytes(".testmondata")
    let outcome = try project.pytest(way, "--testmon", "-n", "2")
    #expect(outcome.status == 4 && outcome.passed == nil && outcome.text.contains("newer than"), "\(outcome)")
    #expect(try project.bytes(".testmondata") == before)
    #expect(!project.hasRunFolder && !project.exists(".testmondata.v14.bak"))
  }

  @Test(arguments: Future.allCases)
  func otherCommandsGoOnOrStop(future: Future) throws {
    let project = try project(future)
    let before = try project.bytes(".testmondata")
    let words = ["controller", "--", "/bin/echo", "ran"]
    let outcome = try project.startTestmonXdist(words).finish()
    #expect(outcome.status == 0 && outcome.output == "ran\n" && outcome.errors.contains("newer than"), "\(outcome)")
    let stopped = try project.startTestmonXdist(words, ["TESTMON_XDIST_STOP_ON_NEWER": "true"]).finish()
    #expect(stopped.status == 125 && stopped.output.isEmpty && stopped.errors.contains("newer than"), "\(stopped)")
    // Without a command there is nothing that could go on.
    let held = try project.testmonXdist("controller", "--detach")
    #expect(held.status == 5 && held.errors.contains("newer than"), "\(held)")
    #expect(try project.bytes(".testmondata") == before)
    #expect(!project.hasRunFolder)
  }

  @Test func aFileFromTheFutureIsKeptOrLeftAlone() throws {
    let project = try Project("2.2.0")
    try project.addFourTests()
    #expect(try project.pytest(.plugin, "--testmon", "-n", "2").passed == 4)
    let made = try project.run([
      "\(project.environment)/bin/python", "-c",
      "import sqlite3; sqlite3.connect('.testmondata').execute('PRAGMA user_version = 99')",
    ])
    #expect(made.status == 0, "\(made)")
    let before = try project.bytes(".testmondata")
    try project.write("stop_on_newer = true\n", to: "testmon-xdist.toml")
    let stopped = try project.pytest(.plugin, "--testmon", "-n", "2")
    #expect(stopped.status == 4 && stopped.errors.contains("data version 99, newer than"), "\(stopped)")
    #expect(try project.bytes(".testmondata") == before)
    #expect(!project.exists(".testmondata.v99.bak"))

    try project.write("stop_on_newer = false\n", to: "testmon-xdist.toml")
    let outcome = try project.pytest(.plugin, "--testmon", "-n", "2")
    #expect(outcome.status == 0 && outcome.passed == 4, "\(outcome)")
    #expect(outcome.errors.contains("data version 99, newer than"), "\(outcome)")
    #expect(project.exists(".testmondata.v99.bak"))
  }
}
