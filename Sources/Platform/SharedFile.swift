import Glibc

/// A file that several processes write, each its own part of it.
public enum SharedFile {
  /// How often the lock is tried, and how long the pauses are, in microseconds.
  private static let (attempts, pause) = (50, UInt32(10_000))

  /// Changes the contents of a plain file, which is made if there is none. One process at a time does so.
  /// - Parameter limit: how many bytes it may have, before and after.
  /// - Throws: ``SystemError``, also where it is no plain file, or too large; then it is as it was.
  public static func rewrite(_ path: String, limit: Int, _ change: ([UInt8]) -> [UInt8]) throws(SystemError) {
    // Not to wait for a pipe's other end.
    let file = FileDescriptor(open(path, O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0o644))
    guard file.raw >= 0 else { throw SystemError.last("open", path) }
    var status = stat()
    try SystemError.check("fstat", path) { fstat(file.raw, &status) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError(code: EINVAL, call: "open", subject: path) }
    try lock(file, path)
    let old = try file.readAll(limit: limit)
    let new = change(old)
    guard new.count <= limit else { throw SystemError(code: EFBIG, call: "write", subject: path) }
    // Somebody who takes no lock, such as a shell's >>, has written meanwhile.
    try SystemError.check("fstat", path) { fstat(file.raw, &status) }
    guard Int(status.st_size) == old.count else { throw SystemError(code: EAGAIN, call: "write", subject: path) }
    let same = zip(old, new).prefix { $0 == $1 }.count
    try SystemError.check("lseek", path) { Int32(clamping: lseek(file.raw, off_t(same), SEEK_SET)) }
    try file.writeAll(Array(new[same...]))
    guard new.count < old.count else { return }
    try SystemError.check("ftruncate", path) { ftruncate(file.raw, off_t(new.count)) }
  }

  /// Ours hold the lock for a moment; others, if there are any, are not waited for.
  private static func lock(_ file: FileDescriptor, _ path: String) throws(SystemError) {
    for _ in 0..<attempts {
      if flock(file.raw, LOCK_EX | LOCK_NB) == 0 { return }
      usleep(pause)
    }
    throw SystemError(code: EWOULDBLOCK, call: "flock", subject: path)
  }
}
