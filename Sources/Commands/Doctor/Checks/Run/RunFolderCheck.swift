import Coordination
import Glibc
import Platform
import SQLite
import Text

/// Is the coordination folder ours to trust?
struct RunFolderCheck: Check {
  let name = "run-folder"
  let group = CheckGroup.run

  func run(in context: CheckContext) -> [Finding] {
    let path = context.run.path
    let word = ShellWord.quote(path)
    guard case .failure(let error) = context.run.folder else { return [] }
    if let owner = FileOwner(of: path), owner.uid != geteuid(), !Directory.isSymbolicLink(path),
      FileKind(path: path) == .directory
    {
      return [
        .failure(
          "\(path) belongs to \(owner.name), and you are \(FileOwner.name(of: geteuid())): no run of yours can use it. "
            + "Remove it when no run of \(owner.name) needs it", next: "\(AccessProblem.asRoot)rm -r \(word)")
      ]
    }
    switch error {
    case .untrusted(_, let reason):
      guard FileKind(path: path) == .directory, !Directory.isSymbolicLink(path) else {
        return [.failure("\(path) can't be the coordination folder: \(reason)", next: "rm \(word)")]
      }
      return [
        .failure("\(path) can't be trusted: \(reason), and so keep every run from starting", next: "chmod 700 \(word)")
      ]
    case .system(let error):
      let problem = AccessProblem(path, needing: "rwx", error.code)
      return [.failure("\(path) can't be used: \(problem.cause)", next: problem.next)]
    default: return [.failure(CommandFailure(error).message, next: "ls -ld \(word)")]
    }
  }
}
