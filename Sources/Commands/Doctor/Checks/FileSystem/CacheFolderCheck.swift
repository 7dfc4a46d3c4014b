import Glibc
import Platform
import SQLite
import Text

/// Can pytest's cache be written, in which the history is?
struct CacheFolderCheck: Check {
  let name = "cache-folder"
  let group = CheckGroup.fileSystem

  func run(in context: CheckContext) -> [Finding] {
    let cache = context.project.cacheFolder
    let history = context.project.historyFolder
    for path in [cache, "\(cache)/d", history, "\(history)/history.db"] {
      switch FileKind(path: path) {
      // pytest makes it.
      case .missing: return []
      case .directory,
        .regular where path.hasSuffix(".db"):
        if access(path, W_OK) == 0 { continue }
        let problem = AccessProblem(path, needing: "rwX", errno)
        return [
          .warning(
            "\(path) can't be written: \(problem.cause). Runs aren't recorded, so that nothing is known of how long tests take",
            next: problem.next)
        ]
      default:
        let isNamed = !path.hasPrefix("\(context.project.rootdir)/.pytest_cache")
        return [
          .warning(
            "\(path) is no folder, and pytest needs one there for its cache",
            // What somebody has named may be anything.
            next: isNamed
              ? "name a folder in cache_dir, in \(context.configurationFile), or take it out there"
              : "mv \(ShellWord.quote(path)) \(ShellWord.quote(path + ".old"))")
        ]
      }
    }
    return []
  }
}
