import Testmon

/// Is the data in the data file, or still in its log, which copies and CI caches leave behind?
struct DataLogCheck: Check {
  let name = "data-log"
  let group = CheckGroup.data

  /// In bytes. SQLite folds a log when it has a thousand pages, 4 MB, unless somebody reads all the time.
  private static let large: Int64 = 32 << 20

  func run(in context: CheckContext) -> [Finding] {
    let data = context.data
    guard !context.run.isLive, let found = try? data.found.get(), found.isTestmons, found.hasContentInWAL else {
      return []
    }
    let log = "\(data.file)-wal"
    if data.user == nil {
      return [
        .warning(
          "some data is only in \(log) (\(SizeText.bytes(found.walSize))), because nobody closed the file: "
            + "a CI cache, or any copy of \(data.path) alone, doesn't have it", next: "testmon-xdist doctor --fix"
        ) {
          try DataFile.fold(at: data.path)
          return "folded \(log) into \(data.path)"
        }
      ]
    }
    guard found.walSize >= Self.large else { return [] }
    return [
      .warning(
        "\(log) has grown to \(SizeText.bytes(found.walSize)): it is kept open \(data.userText), and grows until that ends",
        next: DataState.whoHas(data.path))
    ]
  }
}
