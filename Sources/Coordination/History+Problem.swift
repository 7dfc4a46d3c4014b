import SQLite

extension History {
  /// Why a history can't be used, looked at without changing it; nil where it can, or is just being written.
  public static func problem(with path: String) -> HistoryError? {
    do {
      try look(at: path) { if $0.schema > 0 { _ = try $0.database.value("SELECT max(started_at) FROM runs") } }
      return nil
    } catch {
      return error.reason == .locked ? nil : error
    }
  }
}
