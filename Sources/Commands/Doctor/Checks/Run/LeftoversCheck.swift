import CommandLine
import Coordination

/// Has a dead run left its files?
struct LeftoversCheck: Check {
  let name = "leftovers"
  let group = CheckGroup.run

  func run(in context: CheckContext) -> [Finding] {
    let rootdir = context.project.rootdir
    do {
      guard let folder = try RunFolder.open(in: rootdir), try folder.isInUse() else {
        return [.good("no run has left anything")]
      }
      if try folder.isLive() { return [.good("a run is live: \(try folder.holder().map(\.summary) ?? "")")] }
      return [
        .warning(
          "\(RunFolder.path(in: rootdir)) was left by a run that died; the next run takes it over",
          next: "testmon-xdist cleanup"
        ) {
          guard try Leftovers(in: rootdir).remove() == .removed else {
            throw CommandFailure(.coordination, "it is still there; see why: testmon-xdist cleanup")
          }
          return "removed \(RunFolder.path(in: rootdir)), which a dead run left"
        }
      ]
    } catch {
      return [.failure(CommandFailure(error).message)]
    }
  }
}
