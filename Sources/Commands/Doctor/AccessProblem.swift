import Glibc
import Platform
import Text

/// Why a file or a folder can't be used, and what helps: by what the kernel says, and by whose it is.
struct AccessProblem {
  /// "it belongs to alice, and you are bob": to be put after the name.
  let cause: String
  let next: String

  /// - Parameters:
  ///   - right: what is needed, as chmod(1) takes it: `rw`.
  ///   - code: the `errno` of whatever failed.
  init(_ path: String, needing right: String, _ code: Int32) {
    let word = ShellWord.quote(path)
    switch code {
    case EROFS:
      let mount = ShellWord.quote(Volume(of: path)?.mountPoint ?? path)
      (cause, next) = ("its file system is mounted read-only", "\(Self.asRoot)mount -o remount,rw \(mount)")
    case EPERM: (cause, next) = ("nobody may change it (see lsattr)", "\(Self.asRoot)chattr -i \(word)")
    case ENOENT: (cause, next) = ("it isn't there", "mkdir -p \(word)")
    case ELOOP: (cause, next) = ("it is a link that leads back to itself", "rm \(word)")
    case ENOTDIR: (cause, next) = ("something on the way to it is no folder", "ls -ld \(word)")
    case ENOSPC, EDQUOT:
      (cause, next) = (String(cString: strerror(code)), "df -h \(word); df -i \(word)")
    case EACCES: (cause, next) = Self.permission(path, right)
    default: (cause, next) = (String(cString: strerror(code)), "ls -ld \(word)")
    }
  }

  private static func permission(_ path: String, _ right: String) -> (cause: String, next: String) {
    // What forbids it may be a folder above.
    let (blocked, right) = closedFolder(above: path).map { ($0, "x") } ?? (path, right)
    let word = ShellWord.quote(blocked)
    let what = blocked == path ? "it" : blocked
    guard let owner = FileOwner(of: blocked) else { return (String(cString: strerror(EACCES)), "ls -ld \(word)") }
    if owner.isMine { return ("\(what) has mode \(String(owner.mode, radix: 8))", "chmod u+\(right) \(word)") }
    let cause = "\(what) belongs to \(owner.name), and you are \(FileOwner.name(of: geteuid()))"
    // A folder above may have much more in it than this project, and one that isn't at home is rarely this user's to have.
    let mayBeOurs = blocked == path && (isFile(path) || isAtHome(path))
    return (
      cause, mayBeOurs ? "\(asRoot)chown \(geteuid()) \(word)" : "ask \(owner.name) to let you in: ls -ld \(word)"
    )
  }

  private static func isFile(_ path: String) -> Bool { access("\(path)/.", F_OK) != 0 && errno == ENOTDIR }

  private static func isAtHome(_ path: String) -> Bool {
    guard let home = CurrentProcess.environment["HOME"], home.utf8.count > 1 else { return false }
    return path.hasPrefix("\(home)/")
  }

  /// What a command that only root may run begins with.
  static var asRoot: String { geteuid() == 0 ? "" : "sudo " }

  /// The highest folder above a path that this user may not enter.
  private static func closedFolder(above path: String) -> String? {
    var folders: [String] = []
    var folder = Path.parent(of: path)
    while folder != "/" {
      folders.append(folder)
      folder = Path.parent(of: folder)
    }
    return folders.reversed().first { access($0, X_OK) != 0 && errno == EACCES }
  }
}
