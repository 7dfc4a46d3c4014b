import Glibc
import Platform

/// May this user start as many processes as a run needs?
struct ProcessesCheck: Check {
  let name = "processes"
  let group = CheckGroup.fileSystem

  /// pytest, its companion, workers with a few threads each, and what the tests start.
  private static let perProcessor = 4
  private static let besides = 16

  func run(in context: CheckContext) -> [Finding] {
    // The kernel doesn't count root's.
    guard geteuid() != 0, let limit = Limit(.processes), let soft = limit.soft else { return [] }
    let used = Limit.ownThreads()
    let needed = Int(Resources.processors().rounded(.up)) * Self.perProcessor + Self.besides
    guard soft - min(used, soft) < needed else { return [] }
    let raised = used + 2 * needed
    let isAllowed = limit.hard.map { $0 >= raised } ?? true
    return [
      .warning(
        "you may have \(soft) processes and threads, and have \(used) already: a run with workers may need \(needed) more",
        next: isAllowed ? "ulimit -u \(raised)" : "\(AccessProblem.asRoot)prlimit --pid $$ --nproc=\(raised):\(raised)")
    ]
  }
}
