import Platform

/// May a process have as many open files as a pytest with workers needs?
struct OpenFilesCheck: Check {
  let name = "open-files"
  let group = CheckGroup.fileSystem

  /// A pytest has some thirty files open, and a few for each worker; testmon, coverage and the tests have theirs.
  private static let enough = 256
  private static let usual = 1024

  func run(in context: CheckContext) -> [Finding] {
    guard let limit = Limit(.openFiles), let soft = limit.soft, soft < Self.enough else { return [] }
    let raised = min(limit.hard ?? Self.usual, Self.usual)
    return [
      .warning(
        "a process may have only \(soft) files open: a pytest with workers, or its tests, may need more",
        next: raised >= Self.enough
          ? "ulimit -n \(raised)" : "\(AccessProblem.asRoot)prlimit --pid $$ --nofile=\(Self.usual):\(Self.usual)")
    ]
  }
}
