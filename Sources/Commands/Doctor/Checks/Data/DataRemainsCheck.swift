import SQLite
import Testmon
import Text

/// Is there a log or a journal without its data file, or a data file that has lost its log?
struct DataRemainsCheck: Check {
  let name = "data-remains"
  let group = CheckGroup.data

  /// What SQLite writes when a file is switched to WAL mode: one page of at least this size, in bytes.
  private static let page: Int64 = 512

  func run(in context: CheckContext) -> [Finding] {
    let data = context.data
    switch data.found {
    case .failure(let error) where error.reason == .missing:
      return ["-wal", "-journal"].map { data.file + $0 }.filter { FileKind(path: $0) != .missing }.map {
        .warning(
          "\($0) is there without \(data.file), and of no use alone: a CI cache or a copy has left the data file out; bring that "
            + "back, or move this away", next: "mv \(ShellWord.quote($0)) \(ShellWord.quote($0 + ".old"))")
      }
    case .success(let found)
    where found.isEmpty && found.size >= Self.page && found.journalMode == "wal" && !data.isInUse:
      return [
        .warning(
          "\(data.path) has nothing in it: what testmon recorded was in \(data.file)-wal, which a CI cache or a copy has "
            + "left behind. All tests will run; before the next copy is made, let doctor --fix fold the log in",
          next: "mv \(data.word) \(ShellWord.quote(data.path + ".old"))")
      ]
    default: return []
    }
  }
}
