import Glibc

/// A moment on a clock that nobody can set (CLOCK_BOOTTIME), in seconds since boot: for timeouts and durations.
public struct Instant: Comparable, Sendable {
  public let seconds: Double

  public init(seconds: Double) { self.seconds = seconds }

  public static func now() -> Instant { Instant(seconds: SystemClock.read(CLOCK_BOOTTIME)) }
  public static func < (a: Instant, b: Instant) -> Bool { a.seconds < b.seconds }
  public func advanced(by seconds: Double) -> Instant { Instant(seconds: self.seconds + seconds) }

  /// How long poll(2) is to wait for this moment, in milliseconds, rounded up: 0 if it is past, and at most an hour, which
  /// every number that it takes can hold. The caller looks at the clock again.
  public func pollTimeout(from now: Instant = .now()) -> Int32 {
    let hour = 3_600_000.0
    return Int32(max(0, min((seconds - now.seconds) * 1000, hour)).rounded(.up))
  }
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
