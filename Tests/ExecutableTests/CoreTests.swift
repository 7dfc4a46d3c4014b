import SQLite
import Testing

/// coverage's core `sysmon`, the default on Python 3.14 and later, notes the first context of a line only: of the tests that
/// an edit affects, testmon alone runs one.
@Suite struct CoreTests {
  /// Three tests that use one function, and three that don't.
  private static func project(on python: ExtraPython) throws -> Project {
    let project = try Project(on: python)
    // The default on 3.14 and later, where nothing is to be set.
    if python.version == "3.12" { project.variables["COVERAGE_CORE"] = "sysmon" }
    try project.addThreeUsers()
    return project
  }

  private static let announcement = "again: maybe recorded by coverage's sysmon core, which can't tell tests apart\n"

  /// In each mode: what the mode before has recorded, all three of an edit run; what was recorded without us, all.
  @Test(.enabled(if: ExtraPython.areHere), arguments: Extent.pairs(ExtraPython.all, [Way.plugin, .wrapper]))
  func allAffectedTestsRun(python: ExtraPython, way: Way) throws {
    let project = try Self.project(on: python)
    if way == .plugin { try project.installPlugin() }
    #expect(try project.pytest(.alone, "--testmon").passed == 6)
    let first = try project.pytest(way, "--testmon", "-n", "0")
    #expect(
      first.passed == 6 && first.output.contains(", environment default; 6 tests run \(Self.announcement)"), "\(first)")
    for (number, mode) in [["-n", "0"], ["-n", "1"], ["-n", "3"], ["-p", "no:xdist"]].enumerated() {
      try project.editHelper(number + 1)
      let outcome = try project.startPytest(way, ["--testmon"] + mode).finish()
      let context: Comment = "\(mode): \(outcome)"
      #expect(outcome.status == 0 && outcome.passed == 3 && outcome.alarms == [], context)
      #expect(!outcome.text.contains("sysmon"), context)
    }
    // Of what it hasn't recorded, the marks stay.
    try project.editHelper(9)
    #expect(try project.pytest(.alone, "--testmon", "-n", "0").passed == 3)
    let last = try project.pytest(way, "--testmon", "-n", "1")
    #expect(last.passed == 3 && last.output.contains(", 1 worker; 3 tests run \(Self.announcement)"), "\(last)")
  }

  /// What the fault is. If this fails, coverage or testmon has been mended.
  @Test(.enabled(if: ExtraPython.areHere), arguments: ExtraPython.all)
  func aloneSomeAreLeftOut(python: ExtraPython) throws {
    let project = try Self.project(on: python)
    #expect(try project.pytest(.alone, "--testmon").passed == 6)
    try project.editHelper(1)
    #expect(try project.pytest(.alone, "--testmon").passed == 1)
  }

  @Test(.enabled(if: ExtraPython.areHere), arguments: Extent.pairs(ExtraPython.all, ["0", "2"]))
  func coverageIsMeasured(python: ExtraPython, workers: String) throws {
    let project = try Self.project(on: python)
    try project.add(.cov)
    for passed in [6, 3] {
      try project.editHelper(passed)
      let outcome = try project.pytest(.plugin, "--testmon", "-n", workers, "--cov=lib")
      #expect(outcome.status == 0 && outcome.passed == passed && outcome.alarms == [], "\(outcome)")
      #expect(outcome.output.contains("TOTAL        3      0   100%"), "\(outcome)")
    }
  }

  /// Narrowed and ended early, a run leaves the rest for the next one.
  @Test(.enabled(if: ExtraPython.areHere), arguments: ExtraPython.newest)
  func whatIsNotRunAgainIsStillOwed(python: ExtraPython) throws {
    let project = try Self.project(on: python)
    try project.installPlugin()
    #expect(try project.pytest(.alone, "--testmon").passed == 6)
    // One of two of its file: that file is looked at again for the other's sake.
    let narrowed = try project.pytest(.plugin, "--testmon", "-n", "0", "-k", "test_b and not other")
    #expect(narrowed.passed == 1 && !narrowed.output.contains("again:"), "\(narrowed)")
    #expect(try project.pytest(.plugin, "--testmon", "-n", "0", "test_a.py").passed == 2)
    try project.write("def test_first():\n    assert False\n", to: "test_0.py")
    #expect(try project.pytest(.plugin, "--testmon", "-n", "0", "-x", "test_0.py", "test_c.py").passed ?? 0 == 0)
    try project.write("def test_first():\n    assert True\n", to: "test_0.py")
    let whole = try project.pytest(.plugin, "--testmon", "-n", "1")
    #expect(whole.passed == 4 && whole.output.contains("; 3 tests run again:"), "\(whole)")
    #expect(try project.pytest(.plugin, "--testmon", "-n", "0").passed == 0)
  }

  @Test(.enabled(if: ExtraPython.areHere), arguments: ExtraPython.newest)
  func readersDoNotBelieveItEither(python: ExtraPython) throws {
    let project = try Self.project(on: python)
    #expect(try project.pytest(.alone, "--testmon").passed == 6)
    #expect(try project.testmonXdist("controller", "--detach").status == 0)
    for arguments in [[], ["-n", "2"]] {
      let words = ["worker", "gw0", "--", "\(project.environment)/bin/pytest", "--testmon"] + arguments
      let outcome = try project.startTestmonXdist(words).finish()
      #expect(outcome.passed == 6 && outcome.output.contains("stores nothing; 6 tests run again:"), "\(outcome)")
    }
    #expect(try project.testmonXdist("cleanup").status == 0)
    #expect(try project.pytest(.wrapper, "--testmon", "-n", "2").passed == 6)
    #expect(try project.testmonXdist("controller", "--detach").status == 0)
    let outcome = try project.testmonXdist("worker", "gw0", "--", "\(project.environment)/bin/pytest", "--testmon")
    #expect(outcome.passed == 0 && !outcome.output.contains("again"), "\(outcome)")
  }

  @Test(.enabled(if: ExtraPython.areHere), arguments: ExtraPython.all)
  func doctorNamesIt(python: ExtraPython) throws {
    let project = try Self.project(on: python)
    try project.installPlugin()
    project.variables["TESTMON_XDIST_CONTROLLER_PRECREATION"] = "true"
    let outcome = try project.testmonXdist("doctor", "--json")
    let findings = try outcome.decoded(Diagnosis.self).findings.filter { $0.verdict != "good" }
    #expect(outcome.status == 0 && findings.map(\.check) == ["core"], "\(outcome)")
    #expect(findings.first?.next?.hasSuffix("export COVERAGE_CORE=ctrace") == true, "\(outcome)")
    project.variables["COVERAGE_CORE"] = "ctrace"
    let mended = try project.testmonXdist("doctor")
    #expect(mended.status == 0 && mended.output.contains(", core ctrace\n"), "\(mended)")
  }

  /// On any Python: where the core can tell tests apart, everything is believed, and the file stays testmon's.
  @Test func anotherCoreIsBelieved() throws {
    let project = try Project()
    project.variables["COVERAGE_CORE"] = "ctrace"
    try project.addThreeUsers()
    try project.installPlugin()
    #expect(try project.pytest(.alone, "--testmon").passed == 6)
    let again = try project.pytest(.plugin, "--testmon", "-n", "0")
    #expect(again.passed == 0 && !again.output.contains("again"), "\(again)")
    try project.editHelper(1)
    #expect(try project.pytest(.plugin, "--testmon", "-n", "2").passed == 3)
    let database = try Database(path: project.path(".testmondata"), access: .readOnly)
    #expect(try database.value("SELECT count(*) FROM sqlite_master WHERE name LIKE 'testmon_xdist%'") == .integer(0))
  }

  @Test func thereIsNoSuchCore() throws {
    let project = try Project()
    try project.installPlugin()
    project.variables["TESTMON_XDIST_CONTROLLER_PRECREATION"] = "true"
    project.variables["COVERAGE_CORE"] = "fast"
    let outcome = try project.testmonXdist("doctor")
    #expect(outcome.status == 1 && outcome.output.contains("COVERAGE_CORE (fast)"), "\(outcome)")
    #expect(outcome.output.contains("\n    unset COVERAGE_CORE\n"), "\(outcome)")
  }
}

extension ExtraPython {
  fileprivate static var newest: ArraySlice<ExtraPython> { all.suffix(1) }
}

extension Project {
  /// Six tests in three files, one in each that uses `helper`.
  fileprivate func addThreeUsers() throws {
    try editHelper(0)
    for name in ["a", "b", "c"] {
      try write(
        """
        import lib


        def test_\(name)():
            assert lib.helper() is not None


        def test_\(name)_other():
            pass

        """, to: "test_\(name).py")
    }
  }

  /// Makes `helper` compute another number.
  fileprivate func editHelper(_ number: Int) throws {
    try write("def helper():\n    number = \(number)\n    return number\n", to: "lib.py")
  }
}
