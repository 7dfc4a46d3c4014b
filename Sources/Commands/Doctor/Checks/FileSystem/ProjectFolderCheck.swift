import Glibc
import Platform

/// Can the coordination folder be made in the project?
struct ProjectFolderCheck: Check {
  let name = "project-folder"
  let group = CheckGroup.fileSystem

  func run(in context: CheckContext) -> [Finding] {
    let rootdir = context.project.rootdir
    // In the same folder, data-folder has told of it; where it is full, disk-space.
    guard let error = WriteTrial.problem(in: rootdir), rootdir != context.data.folder,
      ![ENOSPC, EDQUOT].contains(error.code)
    else { return [] }
    let problem = AccessProblem(rootdir, needing: "rwx", error.code)
    return [
      .failure(
        "no file can be made in \(rootdir), where a run makes \(context.run.path): \(problem.cause)", next: problem.next
      )
    ]
  }
}
