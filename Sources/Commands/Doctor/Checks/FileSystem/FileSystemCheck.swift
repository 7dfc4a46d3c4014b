import Platform
import Text
import Variables

/// Does the project lie on a file system where events arrive and SQLite's WAL mode is safe?
struct FileSystemCheck: Check {
  let name = "file-system"
  let group = CheckGroup.fileSystem

  func run(in context: CheckContext) -> [Finding] {
    guard case .network(let kind) = FileSystemKind(of: context.data.folder) else {
      return [.good("the file system is local")]
    }
    return [
      .warning(
        "\(context.dataFile) lies on a network file system (\(kind)): SQLite's WAL mode, which testmon uses, "
          + "is unsafe there when more than one machine writes, and changes are only found by polling; put the data file on a local disk",
        next: "export \(EnvironmentVariable.dataFile)=\(ShellWord.quote(Self.elsewhere(context.project.rootdir)))")
    ]
  }

  /// A name in a local folder, as good as unique: `/var/tmp/home-me-project.testmondata`.
  private static func elsewhere(_ rootdir: String) -> String {
    "/var/tmp/\(rootdir.split(separator: "/").joined(separator: "-")).testmondata"
  }
}
