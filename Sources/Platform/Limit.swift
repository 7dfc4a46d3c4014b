import CLinux
import Glibc

/// A limit that this process has, getrlimit(2).
public struct Limit {
  public enum Resource: Int32 {
    /// The largest file that may be written, in bytes.
    case fileSize = 1
    /// How many processes and threads a user may have, root excepted.
    case processes = 6
    case openFiles = 7
  }

  /// What counts now; nil where there is no limit.
  public let soft: Int?
  /// Up to where this user may raise it; nil where there is no limit.
  public let hard: Int?

  public init?(_ resource: Resource) {
    var (soft, hard) = (UInt(0), UInt(0))
    guard clinux_limit(resource.rawValue, &soft, &hard) == 0 else { return nil }
    self.soft = Int(exactly: soft)
    self.hard = Int(exactly: hard)
  }

  /// How many processes and threads this user has now, as far as /proc shows them.
  public static func ownThreads() -> Int {
    guard let proc = try? Directory.open("/proc"), let names = try? proc.names() else { return 0 }
    return names.filter { $0.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) }.reduce(0) {
      $0 + threads(of: $1)
    }
  }

  private static func threads(of pid: String) -> Int {
    var status = stat()
    guard stat("/proc/\(pid)", &status) == 0, status.st_uid == getuid(),
      let tasks = try? Directory.open("/proc/\(pid)/task"), let names = try? tasks.names()
    else { return 0 }
    return names.count
  }
}
