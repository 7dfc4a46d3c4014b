import SQLite
import Testmon
import Text

/// Is the inside of the data file sound?
struct DataIntegrityCheck: Check {
  let name = "data-integrity"
  let group = CheckGroup.data

  /// In bytes: to read more takes seconds.
  private static let limit: Int64 = 256 << 20

  func run(in context: CheckContext) -> [Finding] {
    let data = context.data
    // To read all of it would keep others from folding the log.
    guard !data.isInUse, let found = try? data.found.get(), !found.wasInterrupted, found.size <= Self.limit else {
      return []
    }
    let damage: String
    do {
      guard let words = try DataFile.damage(in: data.path) else { return [.good("\(data.path) is sound inside")] }
      damage = words
    } catch {
      // Somebody has just changed it.
      guard error.reason == .corrupt else { return [] }
      damage = error.underlying?.message ?? "it can't be read"
    }
    return [
      .failure(
        "\(data.path) is damaged inside (SQLite: \(damage.split(separator: "\n").first ?? "")): runs may stop at any time, "
          + "or leave tests out", next: "mv \(data.word) \(ShellWord.quote(data.path + ".corrupt"))")
    ]
  }
}
