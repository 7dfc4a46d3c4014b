import Glibc
import SQLite
import Testmon

/// Can the data file be written?
struct DataWritableCheck: Check {
  let name = "data-writable"
  let group = CheckGroup.data

  func run(in context: CheckContext) -> [Finding] {
    let data = context.data
    // What forbids the whole folder has been told, and so has why it can't be read.
    guard data.folderProblem == nil, (try? data.found.get()) != nil, let obstacle = data.obstacle else { return [] }
    switch obstacle.reason {
    case .notTestmons, .incomplete, .locked, .newerDataVersion, .interrupted: return []
    case .readOnly: break
    default: return [.failure(obstacle.description, next: "ls -l \(data.word)")]
    }
    let paths = ([""] + FileKind.companionSuffixes).map { data.file + $0 }
    for path in paths where FileKind(path: path) != .missing && access(path, W_OK) != 0 {
      let problem = AccessProblem(path, needing: "w", errno)
      return [.failure("\(path) can't be written: \(problem.cause)", next: problem.next)]
    }
    return [.failure("\(data.path) can't be written", next: "ls -l \(data.word)")]
  }
}
