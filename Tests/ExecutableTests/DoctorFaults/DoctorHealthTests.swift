import Glibc
import Testing

/// Doctor has nothing to say where nothing is wrong, and changes nothing.
@Suite struct DoctorHealthTests {
  /// One release for each data version.
  static let releases = ["2.0.0", "2.0.6", "2.0.12", "2.0.15", "2.2.0"]

  @Test(arguments: releases)
  func noFalseAlarm(release: String) throws {
    let patient = try Patient(Project(release))
    let project = patient.project
    try project.addWaitingTest()
    let run = try project.startPytest(.plugin, ["--testmon", "-n", "2"])
    try project.waitForFile("started")
    let during = try patient.diagnose()
    #expect(during.complaints.isEmpty, "\(during.complaints)")
    try project.write("", to: "go")
    let outcome = try run.finish()
    #expect(outcome.passed == 5 && outcome.alarms == [], "\(outcome)")

    let before = try Trace(project)
    let after = try patient.diagnose()
    #expect(after.complaints.isEmpty && after.groups.filter { $0.verdict == "good" }.count >= 6, "\(after)")
    #expect(
      after.findings.contains { $0.message.hasSuffix("could begin now: 5 tests are recorded for this Python") },
      "\(after)")
    #expect(try Trace(project) == before)
  }

  /// What doctor could leave.
  private struct Trace: Equatable {
    let names: [String]
    let data: [UInt8]
    let changed: timespec

    init(_ project: Project) throws {
      names = try project.names() + project.names("tests/unit") + project.names(".pytest_cache")
      data = try project.bytes(".testmondata")
      var status = stat()
      try #require(stat(project.path(".testmondata"), &status) == 0)
      changed = status.st_mtim
    }

    static func == (one: Trace, other: Trace) -> Bool {
      one.names == other.names && one.data == other.data && one.changed.tv_sec == other.changed.tv_sec
        && one.changed.tv_nsec == other.changed.tv_nsec
    }
  }

  private static let emptied =
    "CREATE TABLE large (x); INSERT INTO large VALUES (zeroblob(20000000)); DROP TABLE large;"

  /// What somebody has named by mistake is not doctor's to change.
  @Test func anotherProgramsDatabaseIsLeftAlone() throws {
    let patient = try Patient()
    try patient.sqlite("CREATE TABLE customers (name);" + Self.emptied)
    let before = try patient.project.bytes(".testmondata")
    let found = try patient.diagnose(after: nil, "--fix")
    #expect(found.complaints.map(\.check) == ["data-tables"], "\(found.complaints)")
    #expect(try patient.project.bytes(".testmondata") == before)
  }

  /// Nor is what somebody uses; and that is no problem.
  @Test func whatIsInUseIsMendedLater() throws {
    let patient = try Patient()
    try patient.addData()
    try patient.sqlite(Self.emptied)
    try patient.accompany(
      by: "import sqlite3, time\nc = sqlite3.connect('.testmondata')\nc.execute('SELECT count(*) FROM test_execution')"
        + ".fetchall()\nc.execute('BEGIN IMMEDIATE')\nc.rollback()\nprint('here', flush=True)\ntime.sleep(1000)\n")
    let before = try patient.project.bytes(".testmondata").count
    let found = try patient.diagnose(after: nil, "--fix")
    let ours = found.complaints.filter { $0.check == "data-size" }
    #expect(
      ours.map(\.verdict) == ["warning"] && ours.first?.next?.hasPrefix("when nobody uses it") == true, "\(found)")
    #expect(try patient.project.bytes(".testmondata").count == before)
    try patient.dismiss()
  }

  /// Before the first run, and in a project that has no more than a test.
  @Test func nothingIsMade() throws {
    let patient = try Patient()
    let project = patient.project
    try project.write("import pytest\n", to: "conftest.py")
    try patient.configure("addopts = --debug")
    let before = try project.names()
    #expect(try patient.diagnose().complaints.isEmpty)
    #expect(try project.names() == before)
  }
}
