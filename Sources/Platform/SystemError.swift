import Glibc

/// A failed call to the kernel: which call, on what, and why.
public struct SystemError: Error, Equatable, CustomStringConvertible {
  /// The value of `errno`; see errno(3).
  public let code: Int32
  /// The call that failed, e.g. `openat`.
  public let call: String
  /// The path or object that it failed on.
  public let subject: String

  public init(code: Int32, call: String, subject: String) {
    self.code = code
    self.call = call
    self.subject = subject
  }

  /// The error that the last call left in `errno`.
  static func last(_ call: String, _ subject: String) -> SystemError {
    SystemError(code: errno, call: call, subject: subject)
  }

  public var reason: String { String(cString: strerror(code)) }
  public var description: String { "\(subject): \(reason) (\(call))" }

  /// Repeats a call that a signal interrupted, and turns its -1 into an error.
  @discardableResult
  static func check(_ call: String, _ subject: String, _ body: () -> Int32) throws(SystemError) -> Int32 {
    while true {
      let result = body()
      if result != -1 { return result }
      if errno != EINTR { throw SystemError.last(call, subject) }
    }
  }
}
