import Platform
import SQLite
import Testmon
import Variables

/// Is the data file a database of testmon's that can be read?
struct DataFileCheck: Check {
  let name = "data-file"
  let group = CheckGroup.data

  func run(in context: CheckContext) -> [Finding] {
    let data = context.data
    switch data.found {
    case .success(let found):
      // More is told by those checks that look at what a run would run into.
      guard data.obstacle == nil else { return [] }
      let tests = "\(found.tests) tests recorded"
      return [.good("\(data.path): data version \(found.dataVersion), \(tests)", summary: tests)]
    case .failure(let error): return finding(error, data).map { [$0] } ?? []
    }
  }

  private func finding(_ error: DataFileError, _ data: DataState) -> Finding? {
    let another = "move it away, or name another file in \(EnvironmentVariable.dataFile)"
    switch error.reason {
    case .missing:
      guard data.folderProblem == nil else { return nil }
      return .good("no data file yet: the next run makes it", summary: "no data yet")
    case .directory:
      return .failure("\(data.path) is a folder, not a data file; \(another)", next: data.elsewhere("folder"))
    case .special:
      return .failure(
        "\(data.path) is no regular file, but a pipe, a socket or a device; \(another)", next: data.elsewhere("other"))
    case .corrupt:
      let words = error.underlying.map { " (SQLite: \($0.message))" } ?? ""
      return .failure(
        "\(data.path) is damaged, or no database at all\(words): no run can use it", next: data.movedAway("corrupt"))
    case .unreadable(let code):
      if data.folderProblem?.code == code { return nil }
      let problem = AccessProblem(data.path, needing: "rw", code)
      return .failure("\(data.path) can't be read: \(problem.cause)", next: problem.next)
    // That is data-lock's.
    case .locked: return nil
    default: return .failure(error.description, next: "ls -l \(data.word)")
    }
  }
}
