import CommandLine
import Coordination
import Glibc
import Platform
import Text

/// `testmon-xdist cleanup`: ends a run that is held open, and removes what a dead one left.
struct CleanupCommand {
  private let options: CleanupOptions
  private let context: Context
  private var path: String { RunFolder.path(in: context.project.rootdir) }

  init(_ options: CleanupOptions, _ context: Context) {
    self.options = options
    self.context = context
  }

  func run() throws -> Int32 {
    guard let folder = try RunFolder.open(in: context.project.rootdir) else {
      context.diagnostics.note("nothing to clean up in \(context.project.rootdir)")
      return ExitStatus.done.rawValue
    }
    let holders = try folder.holders()
    if !holders.isEmpty { try ProcessIdentity.requireKnown() }
    for holder in holders {
      if let reason = try reasonToLeave(holder, folder) {
        try tell(
          "left \(holder.map(\.summary) ?? "a run") because \(reason); to end it all the same: testmon-xdist cleanup --force"
        )
        return ExitStatus.problemFound.rawValue
      }
    }
    if options.dryRun && !holders.isEmpty {
      let runs = holders.map { $0.map(\.summary) ?? "a run" }.joined(separator: " and ")
      try tell("would end \(runs) and remove \(path)")
      return ExitStatus.done.rawValue
    }
    for holder in holders {
      guard let holder else {
        try tell(
          "left \(path): its lock is held, but doesn't say by whom; find and end that: fuser -v \(ShellWord.quote(path))/*"
        )
        return ExitStatus.problemFound.rawValue
      }
      guard try end(holder, folder) else { return ExitStatus.problemFound.rawValue }
    }
    return try removeLeftovers(of: holders.compactMap { $0 })
  }

  /// Why a live run must go on; nil when it is there to be ended.
  private func reasonToLeave(_ holder: Holder?, _ folder: RunFolder) throws -> String? {
    if options.force { return nil }
    switch holder?.kind {
    case nil: return "it doesn't say whose it is"
    case .pytest: return "its pytest is still running"
    case .command: return "its command is still running"
    case .held:
      // `worker ID -- COMMAND` acknowledges with its own process id. `worker ID` alone gives that of its caller, which may
      // go on for reasons of its own.
      let own = ProcessIdentity.name(of: getpid())
      let workers = try folder.acknowledgements(of: holder?.runID ?? "")
      let busy = workers.filter { ProcessIdentity.name(of: $0.pid) == own }.map(\.workerID)
      return busy.isEmpty ? nil : "it has workers that are still running (\(busy.joined(separator: ", ")))"
    }
  }

  /// Ends the process that holds a run.
  /// - Returns: whether it has ended.
  private func end(_ holder: Holder, _ folder: RunFolder) throws -> Bool {
    guard let process = holder.controller.open() else {
      // It has just ended, or it is in another container, where we can't see it.
      if holder.controller.isAlive == false { return true }
      try tell("left \(holder.summary) because \(Self.unseen)")
      return false
    }
    guard folder.isHeld(by: holder) else {
      // It has ended meanwhile, or the lock file names another process than the one that has the lock.
      if try !folder.isLive() { return true }
      try tell(
        "left \(path): its lock isn't held by the process that it names (pid \(holder.controller.pid)); "
          + "find out whose it is, and end that: fuser -v \(ShellWord.quote(path + "/lock"))")
      return false
    }
    process.send(SIGTERM)
    if process.waitForEnd(until: .now().advanced(by: Self.endTimeout)) {
      try tellDone("ended \(holder.summary)")
      return true
    }
    guard options.force else {
      try tell("left \(holder.summary) because it doesn't end; to kill it: testmon-xdist cleanup --force")
      return false
    }
    process.send(SIGKILL)
    _ = process.waitForEnd(until: .now().advanced(by: Self.endTimeout))
    try tellDone("killed \(holder.summary)")
    return true
  }

  private static let unseen =
    "it is alive, but its process can't be seen here, as that of another container; run cleanup where it runs"

  /// How long a controller may take to end, in seconds.
  private static let endTimeout = 10.0

  /// - Parameter ended: the holders of the live runs that were ended before.
  private func removeLeftovers(of ended: [Holder]) throws -> Int32 {
    let leftovers = try Leftovers(in: context.project.rootdir, observer: context.folderObserver)
    guard !leftovers.isGone else { return ExitStatus.done.rawValue }
    if options.dryRun {
      try tell("would remove \(path), which a dead run left")
      return ExitStatus.done.rawValue
    }
    switch try leftovers.remove() {
    case .removed:
      try tellDone("removed \(path), which a dead run left")
      return ExitStatus.done.rawValue
    case .left(let foreign):
      try tell(
        "left \(path): \(foreign.joined(separator: ", ")) in it isn't ours; look at it, and remove it yourself: "
          + "ls -la \(ShellWord.quote(path))")
      return ExitStatus.problemFound.rawValue
    case .stuck(let reason):
      try tell(
        "left \(path): it is empty, but can't be removed: \(reason); see whose it is: ls -ld \(ShellWord.quote(path))")
      return ExitStatus.problemFound.rawValue
    case .inUse(let holder):
      if let holder, ended.contains(holder) {
        try tell("left \(holder.summary) because \(Self.unseen)")
        return ExitStatus.problemFound.rawValue
      }
      // Another run was waiting for the project. What was to be cleaned up is gone.
      try tellDone("left \(path): a new run has begun meanwhile")
      return ExitStatus.done.rawValue
    }
  }

  /// What was done, unless nobody is to hear of it: what had to be left is told at any rate.
  private func tellDone(_ line: String) throws {
    if !context.diagnostics.isQuiet { try tell(line) }
  }

  private func tell(_ line: String) throws { try Results.show(Printable.escape(line) + "\n") }
}
