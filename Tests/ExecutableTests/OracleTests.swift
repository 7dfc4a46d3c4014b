import SQLite
import Testing

/// The oracle sees what is to be seen: equality proves nothing otherwise.
@Suite struct OracleTests {
  private static let firstTest = "(SELECT id FROM test_execution ORDER BY test_name LIMIT 1)"

  /// What is done to a file on purpose, and what the oracle says of it: how many lines only the whole file has, how many
  /// only the damaged one, and a word in each.
  struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let sql: String
    let (own, others): (Int, Int)
    let word: String

    init(_ name: String, _ sql: String, own: Int, others: Int, word: String) {
      (testDescription, self.sql, self.own, self.others, self.word) = (name, sql, own, others, word)
    }
  }

  private static let damages = [
    Damage(
      "a dependency row dropped",
      """
      DELETE FROM test_execution_file_fp WHERE rowid =
        (SELECT rowid FROM test_execution_file_fp WHERE test_execution_id = \(firstTest) LIMIT 1)
      """, own: 1, others: 0, word: "depends on"),
    Damage(
      "a dependency added",
      """
      INSERT INTO file_fp (filename, method_checksums) VALUES ('other.py', x'01020304');
      INSERT INTO test_execution_file_fp SELECT \(firstTest), max(id) FROM file_fp
      """, own: 0, others: 1, word: "depends on other.py"),
    Damage(
      "a dependency stored twice",
      """
      INSERT INTO test_execution_file_fp
      SELECT * FROM test_execution_file_fp WHERE test_execution_id = \(firstTest) LIMIT 1
      """, own: 0, others: 0, word: "1 times in whole, 2 times in damaged"),
    Damage(
      "a fingerprint changed",
      """
      UPDATE file_fp SET method_checksums = x'01020304'
      WHERE id = (SELECT id FROM file_fp WHERE filename = 'lib.py' ORDER BY id LIMIT 1)
      """,
      own: 20, others: 20, word: "depends on lib.py"),
    Damage(
      "a file's name changed", "UPDATE file_fp SET filename = 'lib2.py' WHERE filename = 'lib.py'",
      own: 40, others: 40, word: "depends on lib"),
    Damage(
      "a fingerprint gone", "DELETE FROM file_fp WHERE filename = 'lib.py'", own: 40, others: 40, word: "depends on"),
    Damage(
      "a test missing, its dependencies with it",
      """
      DELETE FROM test_execution_file_fp WHERE test_execution_id = \(firstTest);
      DELETE FROM test_execution WHERE id = \(firstTest)
      """, own: 3, others: 0, word: "tests/test_add.py::test_add[0]"),
    Damage(
      "an outcome flipped", "UPDATE test_execution SET failed = 1 WHERE id = \(firstTest)", own: 1, others: 1,
      word: "tests/test_add.py::test_add[0]: failed"),
    Damage(
      "a test that was forced", "UPDATE test_execution SET forced = 1 WHERE id = \(firstTest)", own: 1, others: 1,
      word: "forced"),
    Damage(
      "other packages", "UPDATE environment SET system_packages = 'none'", own: 1, others: 1, word: "environment"),
  ]

  /// One of each data version.
  private static let releases = ["2.0.0", "2.0.6", "2.0.12", "2.1.4", "2.2.0"]

  @Test(arguments: releases) func itReportsEveryDamage(release: String) throws {
    let (project, whole) = try fortyTests(release)
    #expect(whole.differences(from: whole, names: ("whole", "damaged")) == [])
    for damage in Self.damages {
      let path = project.path("\(damage.testDescription).data")
      try Database(path: project.path(".testmondata"), access: .readOnly).backup(to: path)
      #expect(try whole.differences(from: Recorded(path), names: ("whole", "damaged")) == [])
      try Database(path: path, access: .readWrite).execute("PRAGMA foreign_keys = OFF; \(damage.sql)")
      let differences = try whole.differences(from: Recorded(path), names: ("whole", "damaged"))
      let own = differences.filter { $0.hasPrefix("only in whole: ") }.count
      let others = differences.filter { $0.hasPrefix("only in damaged: ") }.count
      #expect((own, others) == (damage.own, damage.others), "\(damage.testDescription): \(differences)")
      #expect(!differences.isEmpty && differences.allSatisfy { $0.contains(damage.word) }, "\(differences)")
    }
  }

  /// Ids, durations and times don't count, nor what is kept of other environments.
  @Test func itSeesPastWhatMayDiffer() throws {
    let (project, whole) = try fortyTests("2.2.0")
    try Database(path: project.path(".testmondata"), access: .readWrite).execute(
      """
      PRAGMA foreign_keys = OFF;
      UPDATE test_execution_file_fp SET test_execution_id = test_execution_id + 100, fingerprint_id = fingerprint_id + 100;
      UPDATE test_execution SET id = id + 100, duration = 9;
      UPDATE file_fp SET id = id + 100, mtime = 9;
      INSERT INTO environment (environment_name) VALUES ('other'), ('default [kept by testmon-xdist since 2026-11-23T10:36:00Z]');
      INSERT INTO test_execution (environment_id, test_name) SELECT max(id), 'test_of_another' FROM environment
      """)
    #expect(try whole.differences(from: Recorded(project.path(".testmondata")), names: ("whole", "changed")) == [])
  }

  @Test(arguments: [("2.0.0", "checksum"), ("2.2.0", "fsha")])
  func contentsCountWhereTheyAreAskedFor(release: String, column: String) throws {
    let (project, whole) = try fortyTests(release)
    let path = project.path(".testmondata")
    let wholeMethods = try Recorded(path, withContents: false)
    try Database(path: path, access: .readWrite).execute(
      "UPDATE file_fp SET \(column) = 'other' WHERE filename = 'lib.py'")
    #expect(try whole.differences(from: Recorded(path), names: ("whole", "changed")).count == 80)
    #expect(
      try wholeMethods.differences(from: Recorded(path, withContents: false), names: ("whole", "changed")) == [])
  }

  /// Forty tests, and what a serial run has recorded.
  private func fortyTests(_ release: String) throws -> (Project, Recorded) {
    let project = try Project(release)
    try project.addFortyTests()
    #expect(try project.pytest(.alone, "--testmon", "-q").passed == 40)
    let whole = try Recorded(project.path(".testmondata"))
    #expect(whole.tests == 40)
    return (project, whole)
  }
}
