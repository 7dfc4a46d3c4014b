import CLinux
import Glibc

/// A lock on a part of a file, fcntl(2), as SQLite takes them.
public struct RecordLock: Sendable {
  /// Whose it is; nil where that can't be told, as for a process of another container.
  public let pid: Int32?

  /// The lock that another process has on some of these bytes; nil where none has.
  ///
  /// Not to be called while this process has the file open in another way: to close any descriptor of a file drops all
  /// locks that the process has on it.
  public init?(on path: String, bytes: Range<Int>) {
    let raw = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard raw >= 0 else { return nil }
    let file = FileDescriptor(raw)
    let pid = clinux_record_lock_holder(file.raw, bytes.lowerBound, bytes.count)
    guard pid != 0 else { return nil }
    self.pid = pid > 0 ? pid : nil
  }
}
