import Glibc
import Platform
import Text
import Variables

/// Is the folder of the data file there, and can files be made in it?
struct DataFolderCheck: Check {
  let name = "data-folder"
  let group = CheckGroup.data

  func run(in context: CheckContext) -> [Finding] {
    let data = context.data
    guard let error = data.folderProblem else { return [.good("files can be made in \(data.folder)")] }
    let link = data.file == data.path ? "" : ", to which the link \(data.path) leads"
    switch error.code {
    // That is disk-space's.
    case ENOSPC, EDQUOT: return []
    case ENOENT:
      return [
        .failure(
          "the folder of the data file isn't there: \(data.folder)\(link)",
          next: "mkdir -p \(ShellWord.quote(data.folder))")
      ]
    default:
      let problem = AccessProblem(data.folder, needing: "rwx", error.code)
      return [
        .failure(
          "no file can be made in \(data.folder)\(link), where SQLite needs more than the data file: \(problem.cause); "
            + "another place can be named in \(EnvironmentVariable.dataFile)", next: problem.next)
      ]
    }
  }
}
