import FoundationEssentials
import SQLite
import Testing

@testable import Testmon

/// Files with more rows than any project has. Each would take hours if the work grew with the square of their number.
@Suite struct ManyRowsTests {
  private static let many = 50_000

  private func fill(_ path: String, name: String) throws {
    try connect(path).rows(
      """
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
      INSERT INTO environment (environment_name, system_packages, python_version) SELECT \(name), 'p' || i, '3' FROM n
      """, .integer(Int64(Self.many)))
  }

  @Test(.timeLimit(.minutes(10)), arguments: [1, 4, 1000])
  func ofOneName(keep: Int) throws {
    let folder = try TemporaryFolder()
    let first = try prepare(folder("a"))
    try fill(folder("a"), name: "'default'")
    let preparation = try prepare(folder("a"), keep: keep)
    #expect(preparation.environmentID == first.environmentID && !preparation.packagesChanged)
    try purge(folder("a"))
    #expect(try count("environment", in: folder("a")) == Int64(keep))
    #expect(
      try connect(folder("a")).value("SELECT count(DISTINCT environment_name) FROM environment")
        == .integer(Int64(keep)))
    // Those that came last were used last.
    let newest = try connect(folder("a")).value("SELECT count(*) FROM environment WHERE id > \(Self.many + 2 - keep)")
    #expect(newest == .integer(Int64(keep - 1)))
  }

  @Test(.timeLimit(.minutes(10)))
  func parkedInEachSecondToCome() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"))
    try fill(
      folder("a"),
      name:
        "'default [kept by testmon-xdist since ' || strftime('%Y-%m-%dT%H:%M:%SZ', 1795430160 + i - 1, 'unixepoch') || ']'"
    )
    let preparation = try prepare(folder("a"), key(packagesB), keep: 1000, at: noon)
    #expect(preparation.packagesChanged)
    try purge(folder("a"))
    #expect(try count("environment", in: folder("a")) == 1000)
  }

  /// Without the index that makes them unique.
  @Test(.timeLimit(.minutes(10)))
  func thatAllMatch() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"))
    try connect(folder("a")).execute(
      """
      DROP TABLE environment;
      CREATE TABLE environment (
        id INTEGER PRIMARY KEY, environment_name TEXT, system_packages TEXT, python_version TEXT);
      """)
    try connect(folder("a")).rows(
      """
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
      INSERT INTO environment SELECT i, 'default', ?2, '3.11.7' FROM n
      """, .integer(Int64(Self.many)), .text(packagesA))
    try record(["t1"], for: 7, in: folder("a"))
    #expect(try prepare(folder("a")).environmentID == 7)
    try purge(folder("a"))
    #expect(try count("environment", in: folder("a")) == 4)
  }
}
