import Glibc
import SQLite

extension DataFile {
  /// Copies the data file to `PATH.vN.bak` and returns that path.
  ///
  /// Made by a connection of its own, because SQLite refuses to copy from one that is inside a write transaction;
  /// called inside the transaction of another one, so that what is copied is what is replaced afterwards, and after
  /// ``removeUnfinishedBackup(of:)``.
  static func keepAside(_ path: String, version: Int64, _ wait: BusyWait) throws -> String {
    let backup = "\(path).v\(version).bak"
    let unfinished = unfinishedBackup(of: path)
    do {
      try Database(path: path, access: .readOnly, wait: wait).backup(to: unfinished, wait: wait)
      var original = stat()
      if stat(path, &original) == 0 { chmod(unfinished, original.st_mode & 0o777) }
      guard rename(unfinished, backup) == 0 else {
        throw DataFileError(path: path, reason: .backup(backup, String(cString: strerror(errno))))
      }
    } catch {
      removeUnfinishedBackup(of: path)
      if let error = error as? SQLiteError, error.path == unfinished {
        throw DataFileError(path: path, reason: .backup(backup, error.message), underlying: error)
      }
      throw error
    }
    syncFolder(of: backup)
    return backup
  }

  /// Where a backup is made: by this name nobody looks for anything. It is the same each time, so that what a process
  /// that was killed left of one is found.
  private static func unfinishedBackup(of path: String) -> String { "\(path).testmon-xdist.tmp" }

  /// To be called inside a transaction on the data file: then nobody else is making a backup of it.
  static func removeUnfinishedBackup(of path: String) {
    for suffix in [""] + FileKind.companionSuffixes { unlink(unfinishedBackup(of: path) + suffix) }
  }

  /// A new name in a folder outlives a power cut only when the folder has been written too.
  private static func syncFolder(of path: String) {
    let descriptor = open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor >= 0 {
      fsync(descriptor)
      close(descriptor)
    }
  }
}

extension Database {
  /// Leaves no table and no view.
  func dropEverything() throws(SQLiteError) {
    let rows = try rows(
      """
      SELECT type, name FROM sqlite_master
      WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type DESC
      """)
    for row in rows {
      let kind = row[0] == .text("view") ? "VIEW" : "TABLE"
      let name = (row[1].asText ?? "").split(separator: "\"", omittingEmptySubsequences: false)
      // A virtual table takes its shadow tables along.
      try execute("DROP \(kind) IF EXISTS \"\(name.joined(separator: "\"\""))\"")
    }
  }
}
