import Platform

extension Database {
  /// Reads a database without changing it.
  ///
  /// Makes no file, not even `-shm`, unless another connection is open or was killed: then `-wal` has to be read.
  /// - Parameter body: gets the connection, and whether the file is in WAL mode and at rest. Where a writer comes in
  ///   between, it is called a second time: what it read the first time may have been half of its work.
  public static func look<Result>(
    at path: String, busyTimeout: Duration = .seconds(5), _ body: (Database, _ isAtRest: Bool) throws -> Result
  ) throws -> Result {
    if isAtRest(path) {
      let database = try Database(path: path, access: .immutable)
      if database.isMarkedWAL {
        let seen = Swift.Result { try body(database, true) }
        if isAtRest(path) { return try seen.get() }
      }
    }
    return try body(Database(path: path, access: .readOnly, busyTimeout: busyTimeout), false)
  }

  /// Whether nobody has the file open in WAL mode or was killed while writing: the last connection to close takes
  /// `-wal` along.
  public static func isAtRest(_ path: String) -> Bool {
    // SQLite puts these beside the file that a symbolic link leads to.
    let file = SymbolicLink.resolved(path)
    return FileKind(path: file + "-wal") == .missing && FileKind(path: file + "-journal") == .missing
  }
}
