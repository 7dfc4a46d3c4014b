import SQLite

extension DataFile {
  /// What a run would find of its environment.
  public struct RehearsedRow: Equatable, Sendable {
    public let isThere: Bool
    /// How many tests are recorded in it.
    public let tests: Int
  }

  /// Does with a data file what a run does first, and takes it back: opens it for writing, begins a transaction, and looks
  /// for the environment's row.
  ///
  /// What isn't there isn't made; and a file that has its `-wal` or `-journal` beside it isn't opened: somebody works with it,
  /// or was killed, and to close it might move what lies there.
  /// - Returns: nil where nothing could be tried.
  /// - Throws: ``DataFileError``: what would stop a run.
  public static func rehearse(
    at path: String, environment: EnvironmentKey, busyTimeout: Duration = .seconds(1)
  ) throws(DataFileError) -> RehearsedRow? {
    try DataFileError.wrapping(path) {
      try DataFileError.checkKind(of: path, mayBeMissing: true)
      guard case .regular = FileKind(path: path), isAtRest(path) else { return nil }
      let database = try Database(path: path, access: .readWrite, busyTimeout: busyTimeout)
      if database.isReadOnly { throw DataFileError(path: path, reason: .readOnly) }
      try database.execute("BEGIN IMMEDIATE")
      defer { try? database.execute("ROLLBACK") }
      let columns = try database.tableColumns()
      guard columns.isSuperset(of: ["environment.environment_name", "test_execution.environment_id"]) else {
        return nil
      }
      let rows = try database.rows(
        """
        SELECT (SELECT count(*) FROM test_execution AS t WHERE t.environment_id = e.id) FROM environment AS e
        WHERE environment_name = ?1 AND system_packages = ?2 AND python_version = ?3
        """, .text(environment.name), .text(environment.packages), .text(environment.python))
      let tests = rows.first?[0].asInteger ?? 0
      return RehearsedRow(isThere: !rows.isEmpty, tests: Int(clamping: tests))
    }
  }
}
