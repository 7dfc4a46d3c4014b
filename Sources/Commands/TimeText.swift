import Glibc
import Planning
import Platform
import Text

/// Spans of time, in words for people.
enum TimeText {
  /// "30s", "2.5s": the shortest form of a number of seconds.
  static func seconds(_ value: Double) -> String {
    value.isFinite && value >= 0 ? "\(DecimalText.text(value))s" : "\(value)s"
  }

  /// "12s", "3m 5s", "2h 4m", "3d 1h": how long ago a time of day was.
  /// - Parameters: both in seconds since 1970.
  static func ago(since time: Double, now: Double = WallClock.now()) -> String { span(now - time) }

  /// The same for a number of seconds.
  static func span(_ seconds: Double) -> String {
    let total = Int(max(seconds, 0).clampedToInt)
    let (minutes, hours, days) = (total / 60, total / 3600, total / 86400)
    if days > 0 { return "\(days)d \(hours % 24)h" }
    if hours > 0 { return "\(hours)h \(minutes % 60)m" }
    return minutes > 0 ? "\(minutes)m \(total % 60)s" : "\(total)s"
  }

  /// "15:04:05": a time of day, in seconds since 1970, as clocks here show it.
  static func clock(_ time: Double) -> String {
    var moment = time_t(time.clampedToInt)
    var local = tm()
    localtime_r(&moment, &local)
    return [local.tm_hour, local.tm_min, local.tm_sec].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
  }

  /// "0.8 s", "12 s", "3m 5s": how long something takes, about.
  static func about(_ seconds: Double) -> String {
    seconds < 60 ? Plan.text(max(seconds, 0)) : span(seconds)
  }

  /// "12 ms": how long ago a moment was.
  static func milliseconds(since moment: Instant) -> String {
    "\(Int(((Instant.now().seconds - moment.seconds) * 1000).clampedToInt)) ms"
  }
}

extension Double {
  /// The nearest number that an Int can be made of without a trap; 0 for one that is none. Nothing here is larger: it is
  /// more than 30 million years, in seconds.
  var clampedToInt: Double { isNaN ? 0 : min(max(self, -1e15), 1e15) }
}
