import Glibc
import Testing

/// After a coordinated run `.testmondata` alone holds everything, however pytest was called and however it ended.
///
/// With hypothesis installed, which keeps testmon's connection alive at exit: there, without us, all of it stays in
/// `.testmondata-wal`.
@Suite struct WholeFileTests {
  /// One of each data version.
  private static let releases = ["2.0.0", "2.0.6", "2.0.12", "2.1.4", "2.2.0"]
  private static let workers = [["-n", "2"], ["-n", "0"], ["-p", "no:xdist"]]

  private func project(_ release: String, with plugin: Bool) throws -> Project {
    let project = try Project(release)
    project.pythonPath.append(try Surroundings.installed(.hypothesis))
    if plugin { try project.installPlugin() }
    try project.addFourTests()
    try project.write(
      """
      from hypothesis import given, strategies


      @given(strategies.integers())
      def test_integers(i): assert i == i


      def test_bad(): assert False

      """, to: "tests/test_hypothesis.py")
    return project
  }

  /// The tests that run where there is nothing but the sources and the data file.
  private func moved(_ project: Project, _ release: String, _ way: Way) throws -> Outcome {
    #expect(try project.names().filter { $0.hasPrefix(".testmondata") && $0 != ".testmondata" } == [])
    let copy = try self.project(release, with: way == .plugin)
    for name in ["tests/unit/test_waiting.py", "go"] where project.exists(name) {
      try copy.write(project.bytes(name), to: name)
    }
    try copy.write(project.bytes(".testmondata"), to: ".testmondata")
    return try copy.pytest(.alone, "--testmon")
  }

  @Test(arguments: Extent.pairs(Extent.of(releases, part: ["2.0.0", "2.0.12", "2.2.0"]), [Way.plugin, .wrapper]))
  func theFileAloneHoldsEverything(release: String, way: Way) throws {
    for arguments in Self.workers {
      let project = try project(release, with: way == .plugin)
      let outcome = try project.startPytest(way, ["--testmon"] + arguments).finish()
      #expect(outcome.passed == 5 && outcome.failed == 1 && outcome.alarms == [], "\(arguments) \(outcome)")
      // Only what has failed runs again.
      let moved = try moved(project, release, way)
      #expect((moved.passed ?? 0) == 0 && moved.failed == 1 && moved.alarms == [], "\(arguments) \(moved)")
    }
  }

  @Test(arguments: Extent.pairs(["2.0.12", "2.2.0"], [Way.plugin, .wrapper]))
  func anInterruptedRunLeavesAWholeFile(release: String, way: Way) throws {
    let project = try project(release, with: way == .plugin)
    #expect(try project.pytest(way, "--testmon", "-n", "2").passed == 5)
    try project.addWaitingTest()
    for arguments in Self.workers.dropLast() {
      unlink(project.path("started"))
      let pytest = try project.startPytest(way, ["--testmon"] + arguments)
      try project.waitForFile("started")
      pytest.send(SIGINT)
      let outcome = try pytest.finish()
      #expect(outcome.status == 2 && outcome.alarms == [] && !project.hasRunFolder, "\(arguments) \(outcome)")
    }
    try project.write("", to: "go")
    // What had been stored needn't run again.
    let moved = try moved(project, release, way)
    #expect(moved.passed == 1 && moved.failed == 1 && moved.alarms == [], "\(moved)")
  }

  /// What all this is for. If this fails, testmon has been mended.
  @Test(arguments: ["2.0.13", "2.2.0"])
  func withoutTheToolTheFileAloneHoldsNothing(release: String) throws {
    let project = try project(release, with: false)
    #expect(try project.pytest(.alone, "--testmon").passed == 5)
    let copy = try self.project(release, with: false)
    try copy.write(project.bytes(".testmondata"), to: ".testmondata")
    #expect(try copy.pytest(.alone, "--testmon").passed == 5)
  }
}
