import FoundationEssentials
import SQLite
import Testing

/// Off is off: where a run isn't coordinated, pytest with the wheel installed is pytest without it.
@Suite struct OffTests {
  private static let old = ["1.0.0", "1.4.5"]
  private static let releases =
    old
    + Extent.of(
      ["2.0.0", "2.0.6", "2.0.12", "2.0.13", "2.0.15", "2.1.1", "2.1.4", "2.2.0"], part: ["2.0.0", "2.2.0"])

  /// Runs, with an edit before each after the first.
  private static let runs = [["--testmon"], ["--testmon"], ["--testmon", "--testmon-noselect", "-q"], ["-v"]]

  @Test(arguments: releases) func pytestIsAsWithoutTheWheel(release: String) throws {
    let (without, with) = (try project(release), try project(release))
    try with.installPlugin()
    // As a package that is installed the wheel counts, as any other does: here that is all there is of it.
    try without.write(
      "Metadata-Version: 2.1\nName: testmon-xdist\nVersion: 0.1.0\n",
      to: "\(without.home)/package/testmon_xdist-0.1.0.dist-info/METADATA")
    without.pythonPath.append("\(without.home)/package")
    for (number, arguments) in Self.runs.enumerated() {
      let outcomes = try [without, with].map { project in
        if number > 0 { try project.editAdd("a + b" + String(repeating: " + 0", count: number)) }
        return try project.startPytest(.alone, arguments).finish()
      }
      #expect(outcomes[0].status == 0, "\(outcomes[0])")
      #expect(comparable(outcomes[1], with) == comparable(outcomes[0], without), "\(arguments)")
      #expect(outcomes[1].status == outcomes[0].status)
      #expect(try stored(with) == stored(without), "after \(arguments)")
      if !Self.old.contains(release) {
        let recorded = try [without, with].map { try Recorded($0.path(".testmondata")) }
        #expect(recorded[1].differences(from: recorded[0], names: ("with", "without")) == [])
      }
    }
    #expect(try with.names() == without.names())
  }

  /// In workers, too; some releases fail there at any rate.
  @Test(arguments: releases.filter { !(old + ["2.0.15"]).contains($0) })
  func soItIsInWorkers(release: String) throws {
    let (without, with) = (try project(release), try project(release))
    try with.installPlugin()
    for passed in [40, 0] {
      for project in [without, with] {
        let outcome = try project.pytest(.alone, "--testmon", "-n", "2")
        #expect(outcome.status == 0 && outcome.passed ?? 0 == passed && outcome.ourLines == [], "\(outcome)")
      }
    }
    #expect(try with.names() == without.names())
  }

  /// Part of pytest may be switched off, too: testmon doesn't look at it unless it is asked for.
  @Test func pytestMayLackItsOldPaths() throws {
    let project = try project("2.2.0")
    try project.installPlugin()
    let outcome = try project.pytest(.alone, "-p", "no:legacypath")
    #expect(outcome.status == 0 && outcome.passed == 40 && outcome.alarms == [], "\(outcome)")
  }

  /// Where coordination is wanted, testmon 1.x can't have it: pytest says so, and touches nothing.
  @Test(arguments: old, [Way.plugin, .wrapper]) func anOldTestmonIsRefused(release: String, way: Way) throws {
    let project = try project(release)
    let outcome = try project.pytest(way, "--testmon")
    let message = "pytest-testmon 1.x is older than what testmon-xdist 0.1.0 works with (2.0.0 to 2.2.0); install"
    #expect(outcome.status == 4 && outcome.text.contains(message), "\(outcome)")
    let pip = "\(project.environment)/bin/python -m pip install 'pytest-testmon>=2.0.0'"
    #expect(outcome.text.contains(pip), "\(outcome)")
    #expect(outcome.alarms == [] && !project.exists(".testmondata") && !project.hasRunFolder, "\(outcome)")
    let inactive = try project.pytest(way, "-q")
    #expect(inactive.status == 0 && inactive.passed == 40 && inactive.ourLines == [], "\(inactive)")
  }

  /// With an xdist up to 1.28 each worker crashes, and is replaced by one that crashes, without end.
  @Test(arguments: [Way.plugin, .wrapper]) func anOldXdistIsRefusedWhereItHasWorkers(way: Way) throws {
    let project = try project("2.0.13-xdist-1.28.0")
    let outcome = try project.pytest(way, "--testmon", "-n", "2")
    let message = "pytest-xdist 1.28.0 is older than what testmon-xdist 0.1.0 works with (1.29.0 and later); "
    let pip = "\(project.environment)/bin/python -m pip install 'pytest-xdist>=1.29.0'"
    #expect(outcome.status == 4 && outcome.text.contains(message) && outcome.text.contains(pip), "\(outcome)")
    #expect(outcome.alarms == [] && !project.exists(".testmondata") && !project.hasRunFolder, "\(outcome)")
    let alone = try project.pytest(way, "--testmon")
    #expect(alone.status == 0 && alone.passed == 40, "\(alone)")
  }

  @Test(arguments: old) func otherCommandsSayThatItIsOld(release: String) throws {
    let project = try project(release)
    let held = try project.testmonXdist("controller", "--detach")
    #expect(held.status == 5 && held.errors.contains("pytest-testmon 1.x is older than"), "\(held)")
    #expect(!project.hasRunFolder && !project.exists(".testmondata"))
  }

  /// What the tests of a project find in testmon is testmon's own: coordination off, or testmon not active.
  @Test(arguments: releases) func testsFindTestmonAsItIs(release: String) throws {
    let project = try Project(release)
    try project.write(
      """
      import inspect
      import testmon.pytest_testmon as plugin
      from testmon import testmon_core


      def test_that_nothing_is_replaced():
          assert plugin.TestmonData is testmon_core.TestmonData
          assert inspect.isclass(plugin.TestmonData)
          for value in vars(testmon_core).values():
              for function in vars(value).values() if inspect.isclass(value) else [value]:
                  assert "testmon_xdist" not in (getattr(function, "__module__", None) or "")

      """, to: "test_testmon.py")
    try project.installPlugin()
    let off = try project.pytest(.alone, "--testmon")
    #expect(off.passed == 1, "\(off)")
    for way in [Way.plugin, .wrapper] {
      let inactive = try project.pytest(way)
      #expect(inactive.passed == 1, "\(inactive)")
    }
  }

  private func project(_ release: String) throws -> Project {
    let project = try Project(release)
    try project.addFortyTests()
    return project
  }

  /// What pytest has written, without what differs between any two runs, and the wheel's name in the list of plugins.
  private func comparable(_ outcome: Outcome, _ project: Project) -> String {
    var text = outcome.text.replacing(project.rootdir, with: "ROOTDIR")
    text = text.replacing("testmon-xdist-0.1.0, ", with: "").replacing(", testmon-xdist-0.1.0", with: "")
    let lines = text.replacing(#/ in [0-9.]+s/#, with: "").split(separator: "\n")
    return lines.map { $0.trimmingPrefix { $0 == "=" } }.joined(separator: "\n")
  }

  /// All that a data file holds, row by row, without times and ids: tests run in the order of their durations, and get
  /// their ids in that.
  private func stored(_ project: Project) throws -> [String] {
    let path = project.path(".testmondata")
    let database = try Database(path: path, access: .readOnly)
    let tables = try database.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").map { $0[0] }
    return try tables.flatMap { table in
      let name = try #require(table.asText)
      let columns = try database.rows("SELECT name FROM pragma_table_info(?1)", table).compactMap { $0[0].asText }
      let kept = columns.filter { column in !Self.volatile.contains { column.contains($0) } }
      let selected = (["''"] + kept.map { "\"\($0)\"" }).joined(separator: ", ")
      let rows = try database.rows("SELECT \(selected) FROM \"\(name)\"")
      return rows.map { row in "\(name): " + (0...kept.count).map { "\(row[$0])" }.joined(separator: ", ") }
    }.sorted()
  }

  /// Parts of the names of columns: ids, times, what is saved by them, and 1.x's reports, which have some in them.
  private static let volatile = ["id", "duration", "time", "saved", "result", "data"]
}
