import Glibc
import Platform
import SQLite
import Text

/// Is there room for what a run writes?
struct DiskSpaceCheck: Check {
  let name = "disk-space"
  let group = CheckGroup.fileSystem

  /// In bytes: what a run writes besides the data.
  private static let atLeast: Int64 = 16 << 20
  /// What a run may take of the data file's size, for its log and a copy that is kept.
  private static let timesTheData: Int64 = 2

  func run(in context: CheckContext) -> [Finding] {
    let data = context.data
    let size = if case .regular(let size) = FileKind(path: data.file) { size } else { Int64(0) }
    // No file system has files that large; a broken one may say so.
    let needed = size < Int64.max / 4 ? size * Self.timesTheData + Self.atLeast : Int64.max
    var found: [Finding] = []
    var seen: Set<String> = []
    for (folder, needed) in [(data.folder, needed), (context.project.rootdir, Self.atLeast)] {
      guard let volume = Volume(of: folder), seen.insert(volume.mountPoint).inserted else { continue }
      found += finding(folder, volume, needed).map { [$0] } ?? []
    }
    return found.isEmpty ? [.good("there is room for what a run writes")] : found
  }

  private func finding(_ folder: String, _ volume: Volume, _ needed: Int64) -> Finding? {
    let word = ShellWord.quote(folder)
    let look = "df -h \(word); df -i \(word)"
    if let error = WriteTrial.problem(in: folder), [ENOSPC, EDQUOT].contains(error.code) {
      let files = volume.freeFiles == 0 ? " (it can take no more files)" : ""
      return .failure("nothing can be written in \(folder): \(error.reason)\(files); make room there", next: look)
    }
    guard volume.free < needed else { return nil }
    return .warning(
      "only \(SizeText.bytes(volume.free)) are free where \(folder) is (\(volume.mountPoint)), and a run may write "
        + "\(SizeText.bytes(needed)); make room there", next: look)
  }
}
