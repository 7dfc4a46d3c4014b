import CommandLine
import Coordination
import FoundationEssentials
import Platform
import Settings
import Testmon

/// A run from its beginning to its end, as every form of the controller goes through it.
final class Session {
  let run: Run
  private let context: Context
  private let history: SessionHistory
  private var acknowledged: Set<String> = []
  /// Where the history goes; nil where pytest has made no cache.
  private var historyFolder: String?
  private var published: (marker: Marker, at: Instant)?

  /// Takes the run lock, waiting for whoever holds it.
  init(_ context: Context, kind: Holder.Kind, owner: ProcessIdentity) throws {
    self.context = context
    history = SessionHistory(context)
    run = try Run.begin(
      in: context.project.rootdir, kind: kind, owner: owner, joining: context.outerRunID,
      lockTimeout: context.settings.lockTimeout.value
    ) { holder in
      // Below a command one waits for one's sisters as long as it takes.
      let limit = context.outerRunID == nil ? "up to \(seconds(context.settings.lockTimeout.value)) " : ""
      let whom = holder.map(describe) ?? "another run"
      context.diagnostics.note("waiting \(limit)for \(whom) to end in \(context.project.rootdir)")
    }
    context.diagnostics.debug("holding run \(run.id) in \(run.folder.directory.path)")
  }

  /// Prepares the data file and tells the workers.
  func makeReady(_ facts: Facts) throws -> (Marker, Preparation) {
    let began = Instant.now()
    let preparation = try DataFile.prepare(
      at: facts.databasePath, dataVersion: facts.dataVersion, environment: facts.environment,
      keep: context.settings.keepEnvironments.value,
      now: Date(timeIntervalSince1970: wallClock()), refusingNewer: context.settings.stopOnNewer.value,
      markingTests: facts.mixesTestsUpAlone)
    if let copy = preparation.keptAside {
      let relation = DataVersion.isNewer(copy.dataVersion) ? ", newer than all that testmon-xdist knows" : ""
      context.diagnostics.warning(
        "the installed testmon would delete \(facts.databasePath), which is of data version \(copy.dataVersion)"
          + "\(relation); it is kept as \(copy.path)")
    }
    let marker = try run.publish(facts, preparation, version: version)
    published = (marker, .now())
    historyFolder = facts.historyFolder
    context.diagnostics.debug(
      "environment \(marker.environmentID) of \(facts.databasePath) ready after "
        + "\(milliseconds(since: began)); expecting \(facts.expectedWorkers) workers")
    return (marker, preparation)
  }

  /// Watches the acknowledgements come in from now on, and warns when some are late; nothing waits for them.
  func watchWorkers(in loop: EventLoop) {
    guard let published else { return }
    history.begin(published.marker, kind: run.holder.kind, folder: historyFolder)
    if let watch = try? DirectoryWatch(run.folder.directory.path) {
      loop.watch(watch.descriptor) {
        watch.drain()
        self.lookForWorkers()
      }
    }
    lookForWorkers()
    let expected = published.marker.expectedWorkers
    let timeout = context.settings.workerTimeout.value
    guard expected > 0 else { return }
    loop.at(published.at.advanced(by: timeout)) {
      self.lookForWorkers()
      let ready = self.acknowledged.count
      if ready < expected {
        self.context.diagnostics.warning("Worker timeout: \(ready)/\(expected) ready after \(seconds(timeout))")
      }
    }
  }

  private func lookForWorkers() {
    guard let published, let all = try? run.folder.acknowledgements(of: run.id) else { return }
    for one in all where acknowledged.insert(one.workerID).inserted {
      context.diagnostics.debug("worker \(one.workerID) ready after \(one.readyAfter(published.marker)) ms")
      history.workerReady(one, of: published.marker)
    }
  }

  /// Ends the run: its folder is removed first, for that is what others wait for.
  func end(_ outcome: SessionHistory.Outcome, exitStatus: Int32? = nil) throws {
    lookForWorkers()
    // Who keeps the data file alone, as CI caches do, gets all of it. Where a pytest still writes, it can wait.
    if let path = published?.marker.databasePath { try? DataFile.fold(at: path, busyTimeout: .zero) }
    defer { history.end(outcome, exitStatus: exitStatus) }
    try run.end()
    context.diagnostics.debug("run \(run.id) ended")
  }
}

func milliseconds(since moment: Instant) -> String {
  "\(Int(((Instant.now().seconds - moment.seconds) * 1000).clamped)) ms"
}

extension Double {
  /// Within what an Int can be made of.
  var clamped: Double { isNaN ? 0 : min(max(self, -1e15), 1e15) }
}
