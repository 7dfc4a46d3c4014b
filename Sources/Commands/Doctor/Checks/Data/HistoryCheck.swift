import Coordination
import SQLite
import Text

/// Can the history of runs be read?
struct HistoryCheck: Check {
  let name = "history"
  let group = CheckGroup.data

  func run(in context: CheckContext) -> [Finding] {
    let path = "\(context.project.historyFolder)/history.db"
    guard case .regular = FileKind(path: path), let error = History.problem(with: path) else { return [] }
    return [
      .warning(
        "\(error.description): runs aren't recorded, and nothing is known of past ones",
        next: "mv \(ShellWord.quote(path)) \(ShellWord.quote(path + ".old"))")
    ]
  }
}
