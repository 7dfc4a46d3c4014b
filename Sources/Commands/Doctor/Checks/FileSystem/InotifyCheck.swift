import Glibc
import Platform

/// Do file changes arrive as events?
struct InotifyCheck: Check {
  let name = "inotify"
  let group = CheckGroup.fileSystem

  func run(in context: CheckContext) -> [Finding] {
    do {
      _ = try DirectoryWatch(context.project.rootdir)
      return [.good("file changes arrive as events")]
    } catch {
      let limit: String
      switch error.code {
      case EMFILE: limit = "max_user_instances"
      case ENOSPC: limit = "max_user_watches"
      default: return []
      }
      return [
        .warning(
          "you have used up fs.inotify.\(limit), often by editors and file watchers: workers and 'status --watch' have to "
            + "look again and again instead",
          next: "\(AccessProblem.asRoot)sysctl fs.inotify.\(limit)=\(Self.suggestion(limit))")
      ]
    }
  }

  /// Four times what it is.
  private static func suggestion(_ limit: String) -> Int {
    guard let folder = try? Directory.open("/proc/sys/fs/inotify"), let bytes = try? folder.read(limit),
      let now = Int(String(decoding: bytes, as: UTF8.self).filter(\.isNumber)), now < 1 << 24
    else { return 1024 }
    return max(now * 4, 1024)
  }
}
