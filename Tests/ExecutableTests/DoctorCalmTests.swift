import FoundationEssentials
import Glibc
import Testing

/// What is well is called so, whatever happens beside it; and what is looked at is not touched.
@Suite struct DoctorCalmTests {
  /// testmon at work without us: its log, and its locks, are no fault.
  @Test(arguments: ["2.0.6", "2.1.4", "2.2.0"])
  func aRunWithoutCoordination(release: String) throws {
    let patient = try Patient(Project(release))
    let project = patient.project
    try patient.addData(of: release)
    try project.addWaitingTest()
    let run = try project.start(
      ["\(project.environment)/bin/pytest", "--testmon", "--testmon-noselect"], [Patient.enabled: "false"])
    try project.waitForFile("started")
    let names = try project.names()
    #expect(try patient.diagnose().complaints.isEmpty)
    #expect(try project.names() == names)
    try project.write("", to: "go")
    let outcome = try run.finish()
    #expect(outcome.passed == 5 && outcome.alarms == [], "\(outcome)")
  }

  /// What is started by the shell that holds it is part of the run.
  @Test func aRunThatTheShellHolds() throws {
    let patient = try Patient()
    patient.project.variables["TESTMON_XDIST_LOCK_TIMEOUT"] = "0"
    patient.shell.prelude = "'\(try Surroundings.executable)' controller --detach"
    #expect(try patient.diagnose().complaints.isEmpty)
    #expect(try patient.project.testmonXdist("cleanup").status == 0)
  }

  /// In CI, data is older than what is tested: by days, or, where nothing has happened in between, by weeks.
  @Test(arguments: [(5, 30), (30, 31)])
  func restoredData(days: Int, before: Int) throws {
    let patient = try Patient()
    try patient.addData()
    patient.project.variables["CI"] = "true"
    try patient.commit(daysAgo: before)
    try patient.commit(daysAgo: 0)
    try patient.age(".testmondata", days: days)
    #expect(try patient.diagnose().complaints.isEmpty)
  }

  /// Whatever `--fix` does to test data, a copy is there afterwards, and all tests are.
  @Test func whatIsMendedIsKept() throws {
    let patient = try Patient()
    try patient.addData()
    try patient.sqlite("CREATE TABLE large (x); INSERT INTO large VALUES (zeroblob(20000000)); DROP TABLE large;")
    let fixed = try patient.diagnose(after: nil, "--fix")
    #expect(fixed.complaints.map(\.verdict) == ["fixed"], "\(fixed)")
    #expect(try patient.project.bytes(".testmondata").count < 1_000_000)
    #expect(try patient.project.bytes(".testmondata.before-fix").count > 20_000_000)
    #expect(try patient.project.status().dataFile.tests == 4)
    // Killed in the middle of a transaction that deletes all tests.
    try patient.runPython(Fault.killedWriter)
    #expect(try patient.project.status().dataFile.tests == 4)
    #expect(try patient.diagnose(after: nil, "--fix").complaints.map(\.check) == ["data-journal"])
    #expect(try patient.project.status().dataFile.tests == 4)
    #expect(try patient.project.names().filter { $0.contains("before-fix-2") }.count == 2)
  }
}
