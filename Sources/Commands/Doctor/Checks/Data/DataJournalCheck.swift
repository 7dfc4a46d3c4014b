import Testmon

/// Was somebody killed while it wrote, without WAL mode?
struct DataJournalCheck: Check {
  let name = "data-journal"
  let group = CheckGroup.data

  func run(in context: CheckContext) -> [Finding] {
    let data = context.data
    guard let found = try? data.found.get(), found.isTestmons, found.wasInterrupted else { return [] }
    return [
      .warning(
        "whoever wrote \(data.path) last was killed, and what it had begun is still to be taken back, by \(data.file)-journal: "
          + "whoever writes next does that, but nobody can read until then",
        next: "testmon-xdist doctor --fix"
      ) {
        let copy = try DataFile.takeBack(at: data.path)
        return "took back what somebody had begun to write to \(data.path); what was there before is kept as \(copy)"
      }
    ]
  }
}
