import Glibc

/// Whose a file or folder is, and with which mode.
public struct FileOwner {
  public let uid: UInt32
  /// The lowest twelve bits.
  public let mode: UInt32

  /// Links are followed. Nil where nothing can be seen there.
  public init?(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    uid = status.st_uid
    mode = status.st_mode & 0o7777
  }

  /// Whether this user may change the mode.
  public var isMine: Bool { uid == geteuid() || geteuid() == 0 }

  public var name: String { Self.name(of: uid) }

  /// A user's name by passwd(5), or "user 1234" where that file doesn't know it.
  public static func name(of uid: UInt32) -> String {
    let entry = Trust.entries(of: "passwd").first { $0.count > 2 && $0[2] == "\(uid)" }
    return entry.map { String($0[0]) } ?? "user \(uid)"
  }
}
