import Glibc
import Platform
import SQLite
import Testing

/// A data file of another version that is kept aside by a process that is killed meanwhile.
@Suite struct BackupTests {
  @Test func aKilledBackupLeavesNothingForEver() throws {
    let project = try Project()
    let first = try project.startCompanion(CompanionFacts(dataVersion: 13)).finish()
    try #require(first.status == 0, "\(first)")
    // So much that copying takes a while.
    try Database(path: project.path(".testmondata"), access: .readWrite).execute(
      """
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
      INSERT INTO metadata SELECT 'large ' || i, zeroblob(1000000) FROM n
      """)
    let unfinished = { try project.names().filter { $0.contains(".bak.") || $0.contains(".tmp") } }
    let companion = try project.startCompanion()
    try wait(for: "backup", in: project.rootdir) { (try? unfinished())?.isEmpty == false }
    let pid = try #require(project.status().run?.controller?.pid)
    try #require(ProcessHandle(pid: pid)).send(SIGKILL)
    try companion.finish()
    try #require(!unfinished().isEmpty)
    #expect(try project.status().dataFile.dataVersion == 13)

    // Also one that finds nothing to be kept aside any more.
    let next = try project.startCompanion(CompanionFacts(dataVersion: 13)).finish()
    #expect(next.status == 0 && next.output.contains(#""state":"ready""#), "\(next)")
    #expect(try unfinished() == [])
    let last = try project.startCompanion().finish()
    #expect(last.status == 0 && last.output.contains(#""state":"ready""#), "\(last)")
    #expect(try unfinished() == [] && project.exists(".testmondata.v13.bak"))
    #expect(try project.status().dataFile.dataVersion == 14)
  }
}
