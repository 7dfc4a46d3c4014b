import CommandLine
import Coordination
import Glibc
import Platform
import Settings

/// `controller` without a command: a run that is held open for `worker`s of a shell script.
struct HoldingController {
  private let options: ControllerOptions
  private let context: Context

  init(_ options: ControllerOptions, _ context: Context) {
    self.options = options
    self.context = context
  }

  func run() throws -> Int32 {
    if options.detached { Detachment.begin() }
    let own = try ProcessIdentity.own()
    let ancestors = ProcessIdentity.ancestors()
    let owner = options.detached ? own : ancestors.first ?? own
    // The background half's parent is the half that waits for it; the script is above that one.
    let starter = ancestors.dropFirst(options.detached ? 1 : 0).first
    // Opened before the run is ready: a parent that then ends at once must not be missed.
    let handle = owner == own ? nil : owner.open()
    let facts = try context.facts(options)
    let run = try ControlledRun(context, kind: .held, owner: owner, starter: starter)
    let signals = try Signals([SIGTERM, SIGINT, SIGHUP, SIGQUIT])
    do {
      _ = try run.makeReady(facts)
      run.letPytestsJoin()
      if options.detached {
        context.diagnostics.note(
          "run \(run.id) goes on in the background (pid \(own.pid)); 'testmon-xdist cleanup' ends it")
        try Detachment.tellReady()
      }
    } catch {
      try? run.end(.failed)
      throw error
    }
    if !options.detached {
      let end = "Ctrl-C or 'testmon-xdist cleanup' ends it"
      context.diagnostics.note("run \(run.id) is ready for workers; \(end)")
      run.whenAllReady = { context.diagnostics.note("\($0) of \($0) ready, and run \(run.id) goes on; \(end)") }
    }
    let loop = EventLoop()
    run.watchWorkers(in: loop)
    loop.watch(signals.descriptor) {
      while signals.next() != nil { loop.stop() }
    }
    // Without --detach, the run ends with our parent at the latest.
    if let handle { loop.watch(handle.descriptor) { loop.stop() } }
    if owner == own || handle != nil { try loop.run() }
    try run.end(.finished)
    return ExitStatus.done.rawValue
  }
}
