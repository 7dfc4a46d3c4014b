import Coordination
import Platform
import Text

/// Is there something in the coordination folder that isn't ours?
struct ForeignFilesCheck: Check {
  let name = "foreign-files"
  let group = CheckGroup.run

  func run(in context: CheckContext) -> [Finding] {
    guard let folder = try? context.run.folder.get(), let names = try? folder.names() else { return [] }
    let foreign = names.filter { !RunFolder.isOurs($0) || folder.directory.isFolder($0) }
    if foreign.isEmpty { return [] }
    let path = context.run.path
    let words = foreign.map { ShellWord.quote("\(path)/\($0)") }.joined(separator: " ")
    return [
      .warning(
        "\(foreign.joined(separator: ", ")) in \(path) isn't ours: no run removes it, and so the folder stays",
        next: "mkdir -p \(ShellWord.quote(path + ".other")) && mv \(words) \(ShellWord.quote(path + ".other"))")
    ]
  }
}
