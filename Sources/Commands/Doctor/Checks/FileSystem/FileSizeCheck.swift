import Platform
import SQLite

/// May a file become as large as the data file and its log will?
struct FileSizeCheck: Check {
  let name = "file-size"
  let group = CheckGroup.fileSystem

  /// In bytes: what a run may add.
  private static let growth = 16 << 20

  func run(in context: CheckContext) -> [Finding] {
    guard let limit = Limit(.fileSize), let soft = limit.soft else { return [] }
    let size = if case .regular(let size) = FileKind(path: context.data.file) { Int(clamping: size) } else { 0 }
    guard soft - min(size, soft) < Self.growth else { return [] }
    return [
      .warning(
        "no file may be larger than \(SizeText.bytes(Int64(soft))) (ulimit -f): the data file, or its log, may need more",
        next: limit.hard == nil
          ? "ulimit -f unlimited" : "\(AccessProblem.asRoot)prlimit --pid $$ --fsize=unlimited:unlimited")
    ]
  }
}
