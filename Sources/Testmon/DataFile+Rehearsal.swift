import FoundationEssentials
import SQLite

extension DataFile {
  /// Does with a data file what a run does first, and takes it back: opens it for writing, begins a transaction, and finds
  /// or makes the environment's row.
  ///
  /// What isn't there isn't made; and a file that has its `-wal` or `-journal` beside it isn't opened: somebody works with
  /// it, or was killed, and to close it might move what lies there.
  /// - Returns: how many tests a run would find recorded; nil where nothing could be tried.
  /// - Throws: ``DataFileError``: what would stop a run.
  public static func rehearse(
    at path: String, dataVersion: Int, environment: EnvironmentKey, keep: Int, now: Date,
    busyTimeout: Duration = .seconds(1)
  ) throws(DataFileError) -> Int? {
    guard let version = DataVersion(number: dataVersion) else { return nil }
    return try DataFileError.wrapping(path) {
      try DataFileError.checkKind(of: path, mayBeMissing: true)
      guard case .regular = FileKind(path: path), Database.isAtRest(path) else { return nil }
      let database = try Database(path: path, access: .readWrite, busyTimeout: busyTimeout)
      if database.isReadOnly { throw DataFileError(path: path, reason: .readOnly) }
      try database.execute("BEGIN IMMEDIATE")
      defer { try? database.execute("ROLLBACK") }
      guard try Layout(of: database, wanted: version) == .wanted else { return nil }
      let row = try EnvironmentRows(database).activate(environment, keep: keep, now: now)
      let count = try database.rows(
        "SELECT count(*) FROM test_execution WHERE environment_id = ?1", .integer(row.id))
      return Int(clamping: count.first?[0].asInteger ?? 0)
    }
  }
}
