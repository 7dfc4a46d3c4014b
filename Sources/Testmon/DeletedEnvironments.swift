import SQLite

/// Environments that aren't kept any more, on their way out of the data file.
///
/// Deleting a million tests takes many seconds, and no run should wait for that. So at first the row only gets another
/// name, by which neither testmon nor we look for it: an environment that has lost a part of its tests must not be used
/// again. Its tests are deleted later, some at a time. The row stays until they are gone; else testmon would give its id,
/// and with it the tests that are left, to the next environment.
struct DeletedEnvironments {
  private let database: Database

  init(_ database: Database) { self.database = database }

  /// An SQL expression for the name. It has the row's id in it, because two of them may hold the same packages.
  static let name = "'[deleted by testmon-xdist: ' || id || ']'"

  /// - Parameter ids: of the rows, as a JSON list.
  func add(_ ids: Value) throws(SQLiteError) {
    try database.rows(
      "UPDATE environment SET environment_name = \(Self.name) WHERE id IN (SELECT value FROM json_each(?1))", ids)
  }

  var isEmpty: Bool {
    get throws(SQLiteError) {
      try database.value("SELECT count(*) FROM environment WHERE environment_name = \(Self.name)") == .integer(0)
    }
  }

  /// Deletes at most `count` tests with their links, and, where no test is left, the rows and the fingerprints that no
  /// test has any more. Explicitly, because up to data version 13 there is no cascade. Used inside a transaction.
  func deleteTests(atMost count: Int) throws(SQLiteError) {
    let tests = try database.rows(
      """
      SELECT count(*), json_group_array(id) FROM (
        SELECT id FROM test_execution
        WHERE environment_id IN (SELECT id FROM environment WHERE environment_name = \(Self.name)) LIMIT ?1)
      """, .integer(Int64(count)))
    guard let found = tests.first else { return }
    try database.rows(
      "DELETE FROM test_execution_file_fp WHERE test_execution_id IN (SELECT value FROM json_each(?1))", found[1])
    try database.rows("DELETE FROM test_execution WHERE id IN (SELECT value FROM json_each(?1))", found[1])
    guard found[0] != .integer(Int64(count)) else { return }
    try database.execute("DELETE FROM environment WHERE environment_name = \(Self.name)")
    // As testmon's `vacuum_file_fp` does; but one NULL among the references would keep all.
    try database.execute(
      """
      DELETE FROM file_fp
      WHERE id NOT IN (SELECT fingerprint_id FROM test_execution_file_fp WHERE fingerprint_id IS NOT NULL)
      """)
  }
}

extension DataFile {
  /// Deletes the tests of environments that a preparation gave up. Waits for no other process.
  ///
  /// Each step is a transaction: a process killed at any point leaves a file that is right.
  /// - Parameters:
  ///   - limit: after about this time the rest is left to the next run.
  ///   - step: how many tests to delete in one transaction.
  /// - Returns: whether nothing is left.
  /// - Throws: ``DataFileError``; `.locked` while another process writes.
  @discardableResult
  public static func purge(
    at path: String, limit: Duration = .seconds(1), step: Int = 1000
  ) throws(DataFileError) -> Bool {
    try DataFileError.wrapping(path) {
      try DataFileError.checkKind(of: path)
      return try purge(Database(path: path, access: .readWrite, busyTimeout: .zero), limit: limit, step: step)
    }
  }

  static func purge(_ database: Database, limit: Duration = .seconds(1), step: Int = 1000) throws -> Bool {
    let deleted = DeletedEnvironments(database)
    let start = ContinuousClock.now
    while try !deleted.isEmpty {
      try database.transaction { try deleted.deleteTests(atMost: step) }
      if start.duration(to: .now) >= limit { return try deleted.isEmpty }
    }
    return true
  }
}
