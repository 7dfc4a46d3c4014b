import Glibc

/// A file descriptor that text goes to: stdout, stderr, or a test's pipe.
///
/// SIGPIPE must be ignored by the process; a reader that has gone is reported, not fatal.
public struct Output: Sendable {
  /// How a write ended.
  public enum Outcome: Equatable, Sendable {
    case written
    /// Nobody reads any more (EPIPE): the end of output, and no error.
    case closed
    /// It couldn't be written, with the errno: a full disk (ENOSPC), a closed descriptor (EBADF).
    case failed(Int32)
  }

  public static let standard = Output(descriptor: STDOUT_FILENO)
  public static let error = Output(descriptor: STDERR_FILENO)

  public let descriptor: Int32

  public init(descriptor: Int32) { self.descriptor = descriptor }

  public var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Whether another program reads it as it comes.
  public var isPipe: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
  }

  /// Writes all of the text, in one write(2) where the system takes it at once: lines of several processes don't mix.
  @discardableResult
  public func write(_ text: String) -> Outcome {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count >= 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
          continue
        }
        switch errno {
        case EINTR: continue
        case EAGAIN: waitUntilWritable()
        case EPIPE: return .closed
        case let code: return .failed(code)
        }
      }
      return .written
    }
  }

  /// A terminal or pipe that someone else made non-blocking is no reason to lose output.
  private func waitUntilWritable() {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = poll(&request, 1, -1)
  }
}
