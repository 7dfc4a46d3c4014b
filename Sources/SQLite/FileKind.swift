import Glibc

/// What lies at a path; symbolic links are followed.
///
/// Asked before SQLite opens anything, because opening a FIFO never returns.
public enum FileKind: Equatable, Sendable {
  /// Nothing, or a symbolic link to nothing.
  case missing
  /// A regular file; size in bytes.
  case regular(size: Int64)
  case directory
  /// A FIFO, socket or device.
  case special
  /// Can't be told; with the `errno` of stat(2).
  case inaccessible(Int32)

  public init(path: String) {
    // A C string ends at the first NUL: what would be looked at is another path.
    guard !path.utf8.contains(0) else {
      self = .inaccessible(EINVAL)
      return
    }
    var info = stat()
    guard stat(path, &info) == 0 else {
      self = errno == ENOENT ? .missing : .inaccessible(errno)
      return
    }
    switch info.st_mode & S_IFMT {
    case S_IFREG: self = .regular(size: Int64(info.st_size))
    case S_IFDIR: self = .directory
    default: self = .special
    }
  }

  /// The files that SQLite keeps beside a database: <https://sqlite.org/tempfiles.html>.
  public static let companionSuffixes = ["-wal", "-shm", "-journal"]
}
