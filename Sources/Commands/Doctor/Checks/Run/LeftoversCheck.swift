import CommandLine
import Coordination

/// Has a dead run left its files?
struct LeftoversCheck: Check {
  let name = "leftovers"
  let group = CheckGroup.run

  func run(in context: CheckContext) -> [Finding] {
    let (rootdir, path) = (context.project.rootdir, context.run.path)
    guard (try? context.run.folder.get()) != nil else { return [] }
    guard context.run.used != nil else { return [.good("no run has left anything")] }
    if context.run.isLive { return [.good("a run is live: \(context.run.holder?.summary ?? "it doesn't say whose")")] }
    return [
      .warning("\(path) was left by a run that died; the next run takes it over", next: "testmon-xdist cleanup") {
        switch try Leftovers(in: rootdir).remove() {
        case .removed: return "removed \(path), which a dead run left"
        // foreign-files tells of them.
        case .left: return "removed what a dead run left in \(path)"
        default: throw CommandFailure(.coordination, "it is still there; see why: testmon-xdist cleanup")
        }
      }
    ]
  }
}
