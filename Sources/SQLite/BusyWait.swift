import CSQLite
import Glibc

/// The wait for another connection's lock, <https://sqlite.org/c3ref/busy_handler.html>. It gives up when its time is over,
/// and when a signal that asks this process to end is pending: such signals are blocked, and read afterwards.
public final class BusyWait {
  private let timeout: Duration
  /// Whether each lock may take all of the time.
  private let isRenewed: Bool
  private var left: Duration

  private init(_ timeout: Duration, isRenewed: Bool) {
    self.timeout = timeout
    self.isRenewed = isRenewed
    left = timeout
  }

  /// For a connection that stays open: up to this long for each lock.
  static func forEachLock(_ timeout: Duration) -> BusyWait { BusyWait(timeout, isRenewed: true) }

  /// For one piece of work: up to this long for all its locks together, also on several connections. On a file system
  /// whose locks don't work, the work would else wait for each of them.
  public static func inAll(_ timeout: Duration) -> BusyWait { BusyWait(timeout, isRenewed: false) }

  /// Makes a connection wait like this. The caller must keep this object for as long as the connection is open.
  func install(on connection: OpaquePointer) {
    sqlite3_busy_handler(
      connection,
      { context, attempts in
        guard let context else { return 0 }
        return Unmanaged<BusyWait>.fromOpaque(context).takeUnretainedValue().goesOn(after: attempts) ? 1 : 0
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func goesOn(after attempts: Int32) -> Bool {
    if attempts == 0 && isRenewed { left = timeout }
    if left <= .zero || Self.isAskedToEnd { return false }
    left -= ContinuousClock().measure { _ = usleep(Self.pause(after: attempts)) }
    return true
  }

  /// In microseconds; a little longer each time, as in sqlite3_busy_timeout().
  private static func pause(after attempts: Int32) -> UInt32 {
    let (first, longest, mostDoublings): (UInt32, UInt32, Int32) = (1000, 50_000, 6)
    return min(first << UInt32(min(attempts, mostDoublings)), longest)
  }

  private static var isAskedToEnd: Bool {
    var pending = sigset_t()
    guard sigpending(&pending) == 0 else { return false }
    return [SIGHUP, SIGINT, SIGQUIT, SIGTERM].contains { sigismember(&pending, $0) == 1 }
  }
}
