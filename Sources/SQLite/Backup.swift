import CSQLite

extension Database {
  /// Copies the whole database, with what still lies in its write-ahead log, to another path, as one consistent
  /// snapshot: <https://sqlite.org/backup.html>. A database that is there is overwritten.
  ///
  /// - Throws: SQLITE_BUSY when this connection is inside a write transaction of its own, or when the target is locked.
  public func backup(to target: String, wait: BusyWait = .inAll(.seconds(5))) throws(SQLiteError) {
    let destination = try Database(path: target, access: .readWriteCreate, wait: wait)
    guard let backup = sqlite3_backup_init(destination.handle, "main", handle, "main") else {
      throw destination.error(sqlite3_extended_errcode(destination.handle))
    }
    let step = sqlite3_backup_step(backup, -1)
    let finish = sqlite3_backup_finish(backup)
    if step == SQLITE_DONE && finish == SQLITE_OK { return }
    let code = finish == SQLITE_OK ? step : finish
    throw SQLiteError(
      extendedCode: code, message: String(cString: sqlite3_errstr(code)), path: target,
      systemError: sqlite3_system_errno(destination.handle))
  }
}
