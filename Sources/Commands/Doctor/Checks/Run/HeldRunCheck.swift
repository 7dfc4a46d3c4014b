import Coordination
import Platform
import Settings

/// Is a run held open that nobody uses, and nobody will end?
struct HeldRunCheck: Check {
  let name = "held-run"
  let group = CheckGroup.run

  /// After so long without a worker a run is taken for forgotten, though what started it lives on: a shell, perhaps. In
  /// seconds.
  private static let forgotten = 3600.0

  func run(in context: CheckContext) -> [Finding] {
    let run = context.run
    // A pytest that is started by the same shell becomes part of it.
    guard let folder = run.used, let holder = run.holder, holder.kind == .held, !run.isAroundUs else { return [] }
    let workers = (try? folder.acknowledgements(of: holder.runID)) ?? []
    guard !workers.contains(where: { ProcessIdentity(of: $0.pid) != nil }) else { return [] }
    let lastUse = workers.map(\.timestamp).max().map { max($0, holder.since) } ?? holder.since
    let idle = WallClock.now() - lastUse
    let isAbandoned = holder.starter?.isAlive == false
    let timeout = (try? context.settings.get())?.lockTimeout.value ?? 0
    guard idle >= (isAbandoned ? timeout : Self.forgotten) else { return [] }
    let starter = isAbandoned ? "what started it has ended, and " : ""
    return [
      .failure(
        "\(holder.summary) is still open: \(starter)no worker of it has been running for \(TimeText.ago(since: lastUse)). "
          + "Another pytest here waits \(TimeText.seconds(timeout)) for its end, and stops",
        next: "testmon-xdist cleanup")
    ]
  }
}
