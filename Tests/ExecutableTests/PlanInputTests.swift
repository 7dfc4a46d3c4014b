import FoundationEssentials
import Testing

/// What plans are made of may be damaged, or written by anybody: the right tests run all the same.
@Suite struct PlanInputTests {
  private func project(with wheels: Surroundings.Wheel...) throws -> Project {
    let project = try Project()
    try project.addFortyTests()
    try project.write(Project.notingConftest, to: "conftest.py")
    for wheel in wheels { try project.add(wheel) }
    _ = try project.plannedRun("-n", "2")
    return project
  }

  private func execute(_ statements: String, in file: String, of project: Project) throws {
    let code = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()"
    let outcome = try project.run([Surroundings.python, "-c", code, project.path(file), statements])
    try #require(outcome.status == 0, "\(outcome)")
  }

  /// An edit, and a run with as many workers as are worth their start, and one with two.
  private func checkRuns(of project: Project, _ context: String) throws {
    for (edit, arguments) in [("b + a", ["-n", "auto"]), ("a - -b", ["-n", "2"])] {
      try project.editAdd(edit)
      let run = try project.plannedRun(arguments)
      #expect(run.outcome.status == 0 && run.outcome.alarms == [], "\(context): \(run)")
      #expect(run.ran.count == 20 && !project.hasRunFolder, "\(context): \(run)")
      #expect((run.plan?.hasPrefix("20 of 40 tests to run") == true) == (arguments[1] == "auto"), "\(context): \(run)")
    }
  }

  /// Some of these end testmon itself, then with us as without us.
  @Test(
    arguments: Extent.of(
      ["NULL", "-1", "1e308", "9e999", "-9e999", "'long'", "x'ff00'", "9223372036854775807"],
      part: ["NULL", "9e999"]))
  func durations(value: String) throws {
    let (project, serial) = (try project(), try project())
    for one in [project, serial] {
      try execute("UPDATE test_execution SET duration = \(value)", in: ".testmondata", of: one)
    }
    for (edit, number) in [("b + a", "auto"), ("a - -b", "2")] {
      for one in [project, serial] { try one.editAdd(edit) }
      let run = try project.plannedRun("-n", number)
      let alone = try serial.plannedRun([], way: .alone)
      #expect(run.ran == alone.ran && run.outcome.status == alone.outcome.status, "\(run)\n\(alone)")
      #expect(run.outcome.alarms == alone.outcome.alarms && !project.hasRunFolder, "\(run)\n\(alone)")
      if number == "auto" { #expect(run.plan?.hasPrefix("20 of 40 tests to run") == true, "\(run)") }
    }
  }

  private static let history = ".pytest_cache/d/testmon-xdist/history.db"

  private static let nonsense = [
    "UPDATE measurements SET start = 'x', collection = x'00', tests = 'many', test_seconds = 9e999",
    "UPDATE measurements SET start = 1e300, collection = 1e300, test_seconds = 1e300, processor = 1e300, queued = 1e300",
    "UPDATE measurements SET test_seconds = 0, processor = 5, tests = 0, collected = 0",
    "DROP TABLE runs",
    "PRAGMA user_version = 9",
  ]

  private static let moreNonsense = [
    "UPDATE measurements SET start = -1, collected = -1, tests = -9223372036854775808, queued = -5",
    "UPDATE measurements SET tests = 9223372036854775807, collected = 9223372036854775807",
    "UPDATE measurements SET queued = 999999999, processor = 999999999, start = 999999999",
    "UPDATE runs SET recording = 'x', crashed = 'y'",
    "UPDATE runs SET recording = 9e999, crashed = 2.5",
    "DROP TABLE measurements",
    "DROP TABLE measurements; CREATE TABLE measurements (x)",
    "DROP TABLE runs; DROP TABLE measurements; PRAGMA user_version = 0",
  ]

  @Test(arguments: Extent.of(nonsense + moreNonsense, part: nonsense))
  func aHistoryFullOfNonsense(statements: String) throws {
    let project = try project()
    try #require(project.exists(Self.history))
    try execute(statements, in: Self.history, of: project)
    let plan = try project.testmonXdist("status", "--plan")
    #expect(plan.status == 0 && plan.output.contains("0 of 40 tests to run"), "\(plan)")
    for edit in ["b + a", "a - -b"] {
      try project.editAdd(edit)
      let outcome = try project.pytest(.plugin, "--testmon", "-n", "auto")
      #expect(outcome.status == 0 && outcome.passed == 20 && outcome.alarms == [], "\(outcome)")
      #expect(outcome.output.contains("20 of 40 tests to run") && !project.hasRunFolder, "\(outcome)")
    }
  }

  @Test func aHistoryThatIsNoDatabase() throws {
    let project = try project()
    try project.write("this is no database, but long enough to be looked at as one", to: Self.history)
    try checkRuns(of: project, "no database")
  }

  /// Only writing shows it: the run is recorded in another.
  @Test func aHistoryThatIsDamagedInside() throws {
    let project = try project()
    let code = """
      import sqlite3, sys
      path = sys.argv[1]
      history = sqlite3.connect(path)
      history.execute("PRAGMA wal_checkpoint(TRUNCATE)")
      (root,) = history.execute("SELECT rootpage FROM sqlite_master WHERE name = 'runs'").fetchone()
      (size,) = history.execute("PRAGMA page_size").fetchone()
      history.close()
      with open(path, "r+b") as file:
          file.seek((root - 1) * size)
          file.write(bytes([7]) * size)
      """
    let damaged = try project.run([Surroundings.python, "-c", code, project.path(Self.history)])
    try #require(damaged.status == 0, "\(damaged)")
    try checkRuns(of: project, "damaged inside")
    #expect(try project.history().count == 2)
  }

  @Test func files() throws {
    let project = try project()
    // In Latin-1, before it is known and after.
    for (word, count) in [("e", 1), ("u", 2)] {
      let tests = (0..<count).map { "def test_\(word)\($0)():\n    assert '\u{1}'\n" }.joined()
      let text = Array("# -*- coding: latin-1 -*-\n\(tests)".utf8).map { $0 == 1 ? 0xE9 : $0 }
      try project.write(text, to: "tests/test_latin.py")
      let run = try project.plannedRun("-n", "auto")
      #expect(run.outcome.status == 0 && run.ran.count == count && run.outcome.alarms == [], "\(run)")
    }
    try FileManager.default.removeItem(atPath: project.path("tests/test_latin.py"))
    try FileManager.default.removeItem(atPath: project.path("tests/test_mul.py"))
    try project.editAdd("b + a")
    let run = try project.plannedRun("-n", "auto")
    #expect(run.outcome.status == 0 && run.ran.count == 20 && run.outcome.alarms == [], "\(run)")
    let again = try project.plannedRun("-n", "auto")
    #expect(again.ran == [] && again.plan?.hasPrefix("0 of 20 tests to run") == true, "\(again)")
  }

  /// In the pytest's own process other plugins do what they do with `-n 0`.
  @Test func coverageInThisProcess() throws {
    let (project, serial) = (try project(with: .cov), try project(with: .cov))
    for edit in ["b + a", "a - -b"] {
      for one in [project, serial] { try one.editAdd(edit) }
      let run = try project.plannedRun("-n", "auto", "--cov=lib")
      let alone = try serial.plannedRun(["-n", "0", "--cov=lib"], way: .alone)
      #expect(run.isInThisProcess && run.ran == alone.ran && run.ran.count == 20, "\(run)\n\(alone)")
      let totals = [run, alone].map { $0.outcome.output.split(separator: "\n").first { $0.hasPrefix("TOTAL ") } }
      #expect(totals[0] == totals[1] && totals[0]?.hasSuffix("75%") == true, "\(run)\n\(alone)")
      #expect(run.outcome.alarms == [] && run.outcome.status == 0, "\(run)")
    }
  }

  @Test(arguments: [
    (Surroundings.Wheel.randomly, [String]()), (.rerunfailures, ["--reruns", "1"]), (.timeout, ["--timeout", "100"]),
  ])
  func otherPluginsInThisProcess(wheel: Surroundings.Wheel, arguments: [String]) throws {
    let project = try project(with: wheel)
    for (edit, tests) in [("a + b", 0), ("b + a", 20)] {
      try project.editAdd(edit)
      let run = try project.plannedRun(["-n", "auto"] + arguments)
      #expect(run.isInThisProcess && run.ran.count == tests, "\(run)")
      #expect(run.outcome.alarms == [] && run.outcome.status == 0, "\(run)")
    }
  }
}
