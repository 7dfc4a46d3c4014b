import CLinux
import Glibc

/// Signals as events: blocked for the process, and read from a descriptor, signalfd(2).
public final class Signals {
  public let descriptor: FileDescriptor
  private let numbers: [Int32]

  /// A signal that arrived.
  public struct Arrival: Sendable {
    public let number: Int32
    /// Whether a process sent it, rather than the kernel on behalf of a terminal (Ctrl-C): what the terminal sends, it
    /// sends to the whole process group, our child included.
    public let fromProcess: Bool
  }

  /// Catches these signals from now on.
  public init(_ numbers: [Int32]) throws(SystemError) {
    self.numbers = numbers
    var set = Self.set(numbers)
    sigprocmask(SIG_BLOCK, &set, nil)
    descriptor = FileDescriptor(
      try SystemError.check("signalfd", "signals") { signalfd(-1, &set, Int32(SFD_NONBLOCK) | Int32(SFD_CLOEXEC)) })
  }

  /// The next signal that has arrived, or nil.
  public func next() -> Arrival? {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    guard Glibc.read(descriptor.raw, &info, size) == size else { return nil }
    return Arrival(number: Int32(bitPattern: info.ssi_signo), fromProcess: info.ssi_code <= 0)
  }

  /// Lets these signals do again what they do by default.
  public func letGo() {
    var set = Self.set(numbers)
    sigprocmask(SIG_UNBLOCK, &set, nil)
  }

  /// Ends this process by a signal, so that whoever waits for it sees that.
  public static func end(by number: Int32) {
    signal(number, SIG_DFL)
    var set = Self.set([number])
    sigprocmask(SIG_UNBLOCK, &set, nil)
    raise(number)
  }

  /// Writing to a pipe that nobody reads, or past `ulimit -f`, is an error of that write, not the end of the process.
  public static func ignoreFailedWrites() {
    for number in failedWrites { signal(number, SIG_IGN) }
  }

  static let failedWrites = [SIGPIPE, SIGXFSZ]

  /// Has the kernel send this process a signal when its parent ends; 0 takes that back. Does nothing where it can't be had.
  public static func whenParentEnds(send signal: Int32) { _ = clinux_set_parent_death_signal(signal) }

  static func set(_ numbers: [Int32]) -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in numbers { sigaddset(&set, number) }
    return set
  }
}
