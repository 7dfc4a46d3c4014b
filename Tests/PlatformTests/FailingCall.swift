import Glibc
import Testing

/// A system call that fails in one thread, as a filter of seccomp(2) makes it.
struct FailingCall {
  let number: UInt32
  let error: Int32

  /// What readdir(3) reads with.
  static func getdents64(_ error: Int32) -> FailingCall {
    #if arch(x86_64)
      FailingCall(number: 217, error: error)
    #else
      FailingCall(number: 61, error: error)
    #endif
  }

  /// Runs `body` in a thread of its own, for nothing takes a filter off again.
  func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) throws -> Result {
    let job = Job { self.install() ? body() : nil }
    var thread: pthread_t = 0
    let code = pthread_create(
      &thread, nil,
      { job in
        if let job { Unmanaged<AnyJob>.fromOpaque(job).takeUnretainedValue().run() }
        return nil
      }, Unmanaged<AnyJob>.passUnretained(job).toOpaque())
    try #require(code == 0)
    pthread_join(thread, nil)
    return try #require(job.result, "seccomp(2) isn't to be had here")
  }

  private class AnyJob {
    func run() {}
  }

  private final class Job<Result>: AnyJob {
    private let body: () -> Result?
    private(set) var result: Result?

    init(_ body: @escaping () -> Result?) { self.body = body }
    override func run() { result = body() }
  }

  /// <https://docs.kernel.org/userspace-api/seccomp_filter.html>
  private func install() -> Bool {
    typealias Prctl = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
    guard let symbol = dlsym(nil, "prctl") else { return false }
    let prctl = unsafeBitCast(symbol, to: Prctl.self)
    struct Instruction {
      var code: UInt16
      var ifTrue: UInt8 = 0
      var ifFalse: UInt8 = 0
      var operand: UInt32
    }
    let program = [
      Instruction(code: 0x20, operand: 0),  // load the number of the call
      Instruction(code: 0x15, ifFalse: 1, operand: number),
      Instruction(code: 0x06, operand: 0x0005_0000 | UInt32(error)),  // SECCOMP_RET_ERRNO
      Instruction(code: 0x06, operand: 0x7FFF_0000),  // SECCOMP_RET_ALLOW
    ]
    return program.withUnsafeBufferPointer { instructions in
      var filter = (UInt16(instructions.count), instructions.baseAddress)
      return withUnsafePointer(to: &filter) {
        // PR_SET_NO_NEW_PRIVS, without which only root may, and PR_SET_SECCOMP.
        prctl(38, 1, 0, 0, 0) == 0 && prctl(22, 2, UInt(bitPattern: $0), 0, 0) == 0
      }
    }
  }
}
