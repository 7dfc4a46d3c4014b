import Glibc
import Platform

/// Is TMPDIR a folder in which temporary files can be made?
struct TemporaryFolderCheck: Check {
  let name = "temporary-folder"
  let group = CheckGroup.fileSystem

  /// Where Python looks, after the variables.
  private static let others = ["/tmp", "/var/tmp", "/usr/tmp"]

  func run(in context: CheckContext) -> [Finding] {
    if let folder = context.environment["TMPDIR"], !folder.isEmpty {
      guard let error = WriteTrial.problem(in: folder) else {
        return [.good("temporary files can be made in \(folder)")]
      }
      let problem = AccessProblem(folder, needing: "rwx", error.code)
      return [
        .warning(
          "TMPDIR names \(folder), where no file can be made: \(problem.cause); programs take another folder, or fail",
          next: problem.next)
      ]
    }
    if Self.others.contains(where: { WriteTrial.problem(in: $0) == nil }) {
      return [.good("temporary files can be made")]
    }
    return [
      .failure(
        "no temporary file can be made in \(Self.others.joined(separator: ", ")): pytest can't start",
        next: "mkdir -p ~/tmp && export TMPDIR=~/tmp")
    ]
  }
}
