import Glibc

/// A moment on the clock that nobody sets (CLOCK_BOOTTIME), in seconds: for timeouts and durations.
public struct Instant: Comparable, Sendable {
  public let seconds: Double

  public init(seconds: Double) { self.seconds = seconds }

  public static func now() -> Instant { Instant(seconds: read(CLOCK_BOOTTIME)) }
  public static func < (a: Instant, b: Instant) -> Bool { a.seconds < b.seconds }
  public func advanced(by seconds: Double) -> Instant { Instant(seconds: self.seconds + seconds) }
}

/// The time of day, in seconds since 1970: for people and for records, never for timeouts.
public func wallClock() -> Double { read(CLOCK_REALTIME) }

private func read(_ clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
