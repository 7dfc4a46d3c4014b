import CSQLite
import Glibc

/// SQLite's own access to files, https://sqlite.org/vfs.html, but for how long it sleeps at a time.
///
/// Where a lock of a log's index fails that nobody has, SQLite tries again a hundred times, and sleeps for ten seconds in
/// all (`walTryBeginRead` in its wal.c), whatever the busy timeout: a run would stand still that long, and again at its
/// end, where the locks of a file system don't work. Whom it really waits for there is done in a moment.
enum ImpatientFileSystem {
  /// Under this name connections find it; nil where it can't be had: then SQLite's own is used.
  static let name: String? = {
    guard let original = sqlite3_vfs_find(nil) else { return nil }
    let name = "testmon-xdist"
    // Both for as long as the process lives.
    let own = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    own.initialize(to: original.pointee)
    own.pointee.zName = UnsafePointer(strdup(name))
    own.pointee.pNext = nil
    own.pointee.xSleep = { _, microseconds in
      usleep(UInt32(max(0, min(microseconds, 10_000))))
      return microseconds
    }
    return own.pointee.zName != nil && sqlite3_vfs_register(own, 0) == SQLITE_OK ? name : nil
  }()
}
