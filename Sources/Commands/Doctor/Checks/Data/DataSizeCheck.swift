import Testmon

/// Is much of the data file empty?
struct DataSizeCheck: Check {
  let name = "data-size"
  let group = CheckGroup.data

  /// In bytes: less isn't worth a word.
  private static let least: Int64 = 8 << 20

  func run(in context: CheckContext) -> [Finding] {
    let data = context.data
    guard let found = try? data.found.get(), found.isTestmons, found.unusedSize >= Self.least,
      found.unusedSize >= found.size / 2
    else { return [] }
    let (size, unused) = (SizeText.bytes(found.size), SizeText.bytes(found.unusedSize))
    return [
      .warning(
        "\(unused) of the \(size) of \(data.path) hold nothing: caches and copies are that much larger than need be",
        next: "\(data.isInUse ? "when nobody uses it any more: " : "")testmon-xdist doctor --fix",
        repair: data.isInUse
          ? nil
          : {
            let copy = try DataFile.keepCopy(of: data.path)
            try DataFile.compact(at: data.path)
            return "gave back \(unused) of \(data.path); what was there before is kept as \(copy)"
          })
    ]
  }
}
