import CSQLite
import Glibc

/// The wait for another connection's lock, https://sqlite.org/c3ref/busy_handler.html. It gives up when its time is over,
/// and also when somebody asks this process to end: by a signal that it has blocked, and looks at afterwards.
final class BusyWait {
  private let timeout: Duration
  private var since = ContinuousClock.now

  init(_ timeout: Duration) { self.timeout = timeout }

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
    if attempts == 0 { since = .now }
    if since.duration(to: .now) >= timeout || Self.isAskedToEnd { return false }
    // A little longer each time, as sqlite3_busy_timeout() does it.
    usleep(min(1000 << UInt32(min(attempts, 6)), 50_000))
    return true
  }

  private static var isAskedToEnd: Bool {
    var pending = sigset_t()
    guard sigpending(&pending) == 0 else { return false }
    return [SIGHUP, SIGINT, SIGQUIT, SIGTERM].contains { sigismember(&pending, $0) == 1 }
  }
}
