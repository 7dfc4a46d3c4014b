import Glibc

/// The file system that a path is on, as statvfs(3) tells of it.
public struct Volume {
  /// What this user may still write, in bytes.
  public let free: Int64
  /// How many more files there can be; nil where that has no limit.
  public let freeFiles: Int64?
  /// Where it is mounted.
  public let mountPoint: String

  public init?(of path: String) {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    let blocks = geteuid() == 0 ? status.f_bfree : status.f_bavail
    free = Int64(clamping: blocks.multipliedReportingOverflow(by: status.f_frsize).partialValue)
    freeFiles = status.f_files == 0 ? nil : Int64(clamping: status.f_favail)
    mountPoint = Self.mountPoint(of: SymbolicLink.resolved(path))
  }

  /// The highest folder above a path that is on the same device.
  private static func mountPoint(of path: String) -> String {
    var (point, status) = (path, stat())
    guard stat(path, &status) == 0 else { return path }
    let device = status.st_dev
    while point != "/" {
      let above = String(point.prefix(upTo: point.lastIndex(of: "/") ?? point.startIndex))
      guard stat(above.isEmpty ? "/" : above, &status) == 0, status.st_dev == device else { break }
      point = above.isEmpty ? "/" : above
    }
    return point
  }
}
