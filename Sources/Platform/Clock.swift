import Glibc

/// A moment on the clock that nobody sets (CLOCK_BOOTTIME), in seconds: for timeouts and durations.
public struct Instant: Comparable, Sendable {
  public let seconds: Double

  public init(seconds: Double) { self.seconds = seconds }

  public static func now() -> Instant { Instant(seconds: SystemClock.read(CLOCK_BOOTTIME)) }
  public static func < (a: Instant, b: Instant) -> Bool { a.seconds < b.seconds }
  public func advanced(by seconds: Double) -> Instant { Instant(seconds: self.seconds + seconds) }
}

/// The time of day, which people and other programs may set: for people and for records, never for timeouts.
public enum WallClock {
  /// In seconds since 1970.
  public static func now() -> Double { SystemClock.read(CLOCK_REALTIME) }
}

private enum SystemClock {
  /// In seconds; clock_gettime(2) can't fail for a clock that there is.
  static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
