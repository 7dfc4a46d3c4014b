import CSQLite
import Glibc

/// SQLite's own access to files (a "VFS", https://sqlite.org/vfs.html), with shorter sleeps.
///
/// On a file system whose locks don't work, SQLite can't lock the index of the write-ahead log. It then tries a hundred
/// times, and sleeps for ten seconds in all, whatever the busy timeout is (`walTryBeginRead` in its wal.c): a run would
/// stand still that long, and again at its end. Where another process really has that lock, it needs it only for a moment.
enum ImpatientFileSystem {
  /// In microseconds.
  private static let longestSleep: Int32 = 10_000

  /// The name by which connections ask for it; nil where it can't be registered: then SQLite's own is used.
  static let name: String? = {
    guard let original = sqlite3_vfs_find(nil) else { return nil }
    let name = "testmon-xdist"
    // Both for as long as the process lives.
    let own = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    own.initialize(to: original.pointee)
    own.pointee.zName = UnsafePointer(strdup(name))
    own.pointee.pNext = nil
    own.pointee.xSleep = { _, microseconds in
      usleep(UInt32(max(0, min(microseconds, ImpatientFileSystem.longestSleep))))
      return microseconds
    }
    return own.pointee.zName != nil && sqlite3_vfs_register(own, 0) == SQLITE_OK ? name : nil
  }()
}
