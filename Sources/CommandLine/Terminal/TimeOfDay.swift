import Glibc

/// The local time of day, with which a debug line begins: `15:04:05.123`.
enum TimeOfDay {
  static func text(_ moment: timespec = now()) -> String {
    var seconds = moment.tv_sec
    var parts = tm()
    localtime_r(&seconds, &parts)
    let day = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded(Int($0), to: 2) }.joined(separator: ":")
    return "\(day).\(padded(moment.tv_nsec / 1_000_000, to: 3))"
  }

  static func now() -> timespec {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time
  }

  private static func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
