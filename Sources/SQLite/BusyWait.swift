import CSQLite
import Glibc

/// The wait for another connection's lock, https://sqlite.org/c3ref/busy_handler.html. It gives up when its time is over,
/// and also when somebody asks this process to end: by a signal that it has blocked, and looks at afterwards.
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

  /// For a connection that stays open: so long for each lock.
  static func forEachLock(_ timeout: Duration) -> BusyWait { BusyWait(timeout, isRenewed: true) }

  /// For one piece of work: so long for all locks together, those of several connections, too. Else where locks don't
  /// work each of them would be waited for.
  public static func inAll(_ timeout: Duration) -> BusyWait { BusyWait(timeout, isRenewed: false) }

  /// Makes a connection wait like this; the caller keeps this object for as long as that is open.
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
    // A little longer each time, as sqlite3_busy_timeout() does it.
    left -= ContinuousClock().measure { _ = usleep(min(1000 << UInt32(min(attempts, 6)), 50_000)) }
    return true
  }

  private static var isAskedToEnd: Bool {
    var pending = sigset_t()
    guard sigpending(&pending) == 0 else { return false }
    return [SIGHUP, SIGINT, SIGQUIT, SIGTERM].contains { sigismember(&pending, $0) == 1 }
  }
}
