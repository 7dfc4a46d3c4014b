import CLinux
import Glibc

/// An open file descriptor that closes itself.
public final class FileDescriptor {
  public private(set) var raw: Int32

  /// What is read at once, in bytes: as much as a pipe holds, see pipe(7).
  public static let chunkSize = 65536

  /// Takes ownership of `raw`.
  public init(_ raw: Int32) { self.raw = raw }
  deinit { close() }

  public func close() {
    guard raw >= 0 else { return }
    _ = Glibc.close(raw)
    raw = -1
  }

  /// Whatever can be read now, up to `limit` bytes; empty at the end of the file, nil when nothing is there yet.
  public func read(upTo limit: Int = FileDescriptor.chunkSize) throws(SystemError) -> [UInt8]? {
    while true {
      var failure: Int32 = 0
      // Not filled with zeros before: that would have the kernel supply each of its pages.
      let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
        let result = Glibc.read(raw, buffer.baseAddress, buffer.count)
        if result < 0 { failure = errno }
        count = max(result, 0)
      }
      if failure == 0 { return bytes }
      if failure == EAGAIN { return nil }
      if failure != EINTR { throw SystemError(code: failure, call: "read", subject: "descriptor \(raw)") }
    }
  }

  /// From now on `read` gives nil rather than wait.
  public func makeNonBlocking() throws(SystemError) {
    let flags = try SystemError.check("fcntl", "descriptor \(raw)") { fcntl(raw, F_GETFL) }
    try SystemError.check("fcntl", "descriptor \(raw)") { fcntl(raw, F_SETFL, flags | O_NONBLOCK) }
  }

  /// Everything up to the end of the file.
  /// - Throws: `EFBIG` past `limit` bytes.
  public func readAll(limit: Int) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    while let more = try read(), !more.isEmpty {
      bytes += more
      if bytes.count > limit { throw SystemError(code: EFBIG, call: "read", subject: "descriptor \(raw)") }
    }
    return bytes
  }

  public func writeAll(_ bytes: [UInt8]) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(raw, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        throw SystemError.last("write", "descriptor \(raw)")
      }
    }
  }

  /// Closes every descriptor but the standard ones: before this process has opened any.
  public static func closeInherited() {
    if clinux_close_from(3) == 0 { return }
    // Before Linux 5.9. The limit may be in the millions, and hardly anybody has so many open.
    let most = 65536
    for raw in 3..<Int32(min(max(sysconf(Int32(_SC_OPEN_MAX)), 3), most)) { _ = Glibc.close(raw) }
  }

  /// The two ends of a new pipe, closed in whatever is started unless handed over.
  public static func pipe() throws(SystemError) -> (read: FileDescriptor, write: FileDescriptor) {
    var ends: [Int32] = [-1, -1]
    try SystemError.check("pipe2", "pipe") { pipe2(&ends, O_CLOEXEC) }
    return (FileDescriptor(ends[0]), FileDescriptor(ends[1]))
  }
}
