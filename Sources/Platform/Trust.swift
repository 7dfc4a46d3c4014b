import CLinux
import Glibc

/// Why something can't be believed or run: who else could have put it there.
public struct Distrust: Error, Equatable, CustomStringConvertible {
  public enum Reason: Equatable, Sendable {
    case foreignOwner(uid: UInt32)
    case writableByOthers(mode: UInt32)
    case openToOthers(mode: UInt32)
    /// It can't be looked at; with the `errno`.
    case unknown(Int32)
  }

  /// What it is about: the file, a folder above it, or a link on the way.
  public let path: String
  public let reason: Reason

  init(path: String, _ reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// Without the path: "it belongs to user 65534, not to you".
  public var explanation: String {
    switch reason {
    case .foreignOwner(let uid): "it belongs to user \(uid), not to you"
    case .writableByOthers(let mode): "others may write to it (mode \(String(mode, radix: 8)))"
    case .openToOthers(let mode): "others may enter it (mode \(String(mode, radix: 8)))"
    case .unknown(let code): String(cString: strerror(code))
    }
  }

  public var description: String { "\(path): \(explanation)" }
}

/// Whom this process believes: its user and root, and nobody else.
public enum Trust {
  /// Why somebody else could have put there, or could still change, what lies at a path: the file itself, each folder
  /// above it and each link on the way has to belong to this user or root, and nobody else may write to it. Nil when all
  /// is well.
  /// - Parameter path: absolute.
  public static func problem(with path: String) -> Distrust? {
    var links = 0
    return problem(with: path, links: &links)
  }

  /// As many links as the kernel follows; see path_resolution(7).
  private static let linkLimit = 40

  private static func problem(with path: String, links: inout Int) -> Distrust? {
    var reached = ""
    var rest = path.split(separator: "/").filter { $0 != "." }[...]
    if let found = check("/").problem { return found }
    while let part = rest.popFirst() {
      if part == ".." {
        reached = String(reached.prefix(upTo: reached.lastIndex(of: "/") ?? reached.startIndex))
        continue
      }
      let next = "\(reached)/\(part)"
      let (isLink, problem) = check(next)
      if let problem { return problem }
      guard isLink else {
        reached = next
        continue
      }
      links += 1
      guard links <= linkLimit else { return Distrust(path: next, .unknown(ELOOP)) }
      guard let target = SymbolicLink.target(of: next) else { return Distrust(path: next, .unknown(errno)) }
      if target.hasPrefix("/") { reached = "" }
      rest = (target.split(separator: "/").filter { $0 != "." } + rest)[...]
    }
    return nil
  }

  /// Looks at one file, folder or link by itself.
  private static func check(_ path: String) -> (isLink: Bool, problem: Distrust?) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return (false, Distrust(path: path, .unknown(errno))) }
    let kind = status.st_mode & S_IFMT
    if status.st_uid != geteuid() && status.st_uid != 0 {
      return (false, Distrust(path: path, .foreignOwner(uid: status.st_uid)))
    }
    // A link has no mode of its own.
    if kind == S_IFLNK { return (true, nil) }
    var others = status.st_mode & 0o022
    // In a folder with the sticky bit, such as /tmp, nobody can replace another user's files.
    if kind == S_IFDIR && status.st_mode & S_ISVTX != 0 { others = 0 }
    if others & 0o020 != 0 && isPrivate(group: status.st_gid) && clinux_has_acl(path) == 0 { others &= ~0o020 }
    return (false, others == 0 ? nil : Distrust(path: path, .writableByOthers(mode: status.st_mode & 0o7777)))
  }

  /// Whether a group has the name of this user, and nobody else in it, by the files group(5) and passwd(5). Many systems
  /// give each user such a group, and set `umask` to 002. A group that only a directory service knows doesn't count.
  private static func isPrivate(group: UInt32) -> Bool {
    let users = entries(of: "passwd")
    guard let me = users.first(where: { $0.count > 3 && $0[2] == "\(geteuid())" }),
      let entry = entries(of: "group").first(where: { $0.count > 3 && $0[2] == "\(group)" }), entry[0] == me[0]
    else { return false }
    let members = entry[3].split(separator: ",").allSatisfy { $0 == me[0] }
    return members && users.allSatisfy { $0.count <= 3 || $0[3] != "\(group)" || $0[0] == me[0] }
  }

  /// The lines of a file in /etc, taken apart at their colons.
  static func entries(of name: String) -> [[Substring]] {
    guard let etc = try? Directory.open("/etc"), let bytes = try? etc.read(name) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: ":", omittingEmptySubsequences: false)
    }
  }
}
