import SQLite

extension History {
  /// Why a history can't be used, looked at without changing it; nil where it can, or is just being written.
  public static func problem(with path: String) -> HistoryError? {
    do {
      try wrapping(path) {
        // With its log it has to be opened as readers do.
        let isOpen = FileKind(path: path + "-wal") != .missing
        let database = try Database(
          path: path, access: isOpen ? .readOnly : .immutable, busyTimeout: .milliseconds(500))
        let found = try checkVersion(of: database, known: migrations.count)
        if found > 0 { _ = try database.value("SELECT count(*) FROM runs") }
      }
      return nil
    } catch {
      return error.reason == .locked ? nil : error
    }
  }
}
