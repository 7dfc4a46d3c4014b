import CommandLine
import Coordination
import FoundationEssentials
import Planning
import Platform
import Settings
import Testmon
import Text

/// A run from its beginning to its end: what all three forms of the controller have in common.
final class ControlledRun {
  var id: String { run.id }

  /// Called once, when no worker is missing any more, with how many there are.
  var whenAllReady: ((Int) -> Void)?

  private let run: any Run
  private let context: Context
  private let history: RunRecorder
  private var acknowledged: Set<String> = []
  /// Where the history goes; nil where pytest has made no cache.
  private var historyFolder: String?
  private var clockIsRunning = false
  private var published: (marker: Marker, at: Instant)?

  /// Begins a run, waiting for whoever holds the project.
  init(_ context: Context, kind: Holder.Kind, owner: ProcessIdentity, starter: ProcessIdentity? = nil) throws {
    self.context = context
    run = try RunRequest(
      rootdir: context.project.rootdir, kind: kind, owner: owner, starter: starter, outerID: context.outerRunID,
      lockTimeout: context.settings.lockTimeout.value, observer: context.folderObserver
    ).begin { holder, limit in
      let limit = limit.map { "up to \(TimeText.seconds($0)) " } ?? ""
      let whom = holder.map(\.summary) ?? "another run"
      let hint = holder?.kind == .held ? "; 'testmon-xdist cleanup' ends it" : ""
      context.diagnostics.note("waiting \(limit)for \(whom) to end in \(context.project.rootdir)\(hint)")
    }
    history = RunRecorder(context, run)
    context.diagnostics.debug("holding run \(run.id) in \(run.folder.directory.path)")
  }

  /// Prepares the data file and tells the workers.
  func makeReady(_ facts: Facts) throws -> (Marker, Preparation) {
    let began = Instant.now()
    context.diagnostics.debug("preparing \(facts.databasePath) for data version \(facts.dataVersion)")
    let preparation = try DataFile.prepare(
      at: facts.databasePath, dataVersion: facts.dataVersion, environment: facts.environment,
      keep: context.settings.keepEnvironments.value,
      now: Date(timeIntervalSince1970: WallClock.now()), refusingNewer: context.settings.stopOnNewer.value,
      markingTests: facts.mixesTestsUpAlone)
    if let copy = preparation.keptAside {
      let relation = DataVersion.isNewer(copy.dataVersion) ? ", newer than all that testmon-xdist knows" : ""
      context.diagnostics.warning(
        "the installed testmon would delete \(facts.databasePath), which is of data version \(copy.dataVersion)"
          + "\(relation); it is kept as \(copy.path). All tests run; to go back, install the testmon that made it")
    }
    let marker = try run.publish(facts, preparation, version: version)
    published = (marker, .now())
    historyFolder = facts.historyFolder
    context.diagnostics.debug(
      "environment \(marker.environment.id) of \(facts.databasePath) ready after "
        + "\(TimeText.milliseconds(since: began)); expecting \(facts.expectedWorkers) workers")
    return (marker, preparation)
  }

  /// Tells that other than was said first, so many workers are expected.
  func expect(workers: Int) throws {
    guard var marker = published?.marker, marker.expectedWorkers != workers else { return }
    marker.expectedWorkers = workers
    try run.publish(marker)
    published?.marker = marker
    history.expect(workers: workers)
  }

  /// How many workers got ready.
  var readyWorkers: Int {
    lookForWorkers()
    return acknowledged.count
  }

  /// What the latest runs of this environment took, the latest first.
  func measuredRuns() -> [MeasuredRun] {
    published.map { history.measuredRuns(environment: $0.marker.environment.name) } ?? []
  }

  /// From now on pytests below may work with the data file.
  func letPytestsJoin() { (run as? WholeRun)?.letPytestsJoin() }

  /// Whether a pytest or a worker below has found the run.
  var hasBeenUsed: Bool {
    if (run as? WholeRun)?.hasBeenFound == true { return true }
    return (try? run.folder.acknowledgements(of: run.id))?.isEmpty == false
  }

  /// Watches the acknowledgements come in from now on, and warns when some are late; nothing waits for them.
  func watchWorkers(in loop: EventLoop) {
    guard let published else { return }
    history.begin(published.marker, folder: historyFolder)
    // To end a watch takes the kernel several milliseconds, for which a pytest at its end would have to wait. So its
    // workers are watched while one is missing. Whoever comes later, in a crashed one's place, is seen at the end.
    let endsEarly = run.holder.kind == .pytest
    if !(endsEarly && areAllReady), let watch = try? DirectoryWatch(run.folder.directory.path, onlyRenamed: true) {
      loop.watch(watch.descriptor) {
        watch.drain()
        self.lookForWorkers()
        if !self.acknowledged.isEmpty { self.startClock(in: loop) }
        if endsEarly && self.areAllReady { loop.unwatch(watch.descriptor) }
      }
    }
    lookForWorkers()
    // A command may do anything before its first worker starts: the clock starts with that worker.
    if run.holder.kind != .command { startClock(in: loop, at: published.at) }
  }

  private var areAllReady: Bool { acknowledged.count >= published?.marker.expectedWorkers ?? 0 }

  /// Starts the time that workers have to be ready, and warns when it is over and some aren't.
  private func startClock(in loop: EventLoop, at start: Instant = .now()) {
    guard let marker = published?.marker, marker.expectedWorkers > 0, !clockIsRunning else { return }
    clockIsRunning = true
    let timeout = context.settings.workerTimeout.value
    loop.at(start.advanced(by: timeout)) {
      self.lookForWorkers()
      let (ready, expected) = (self.acknowledged.count, self.published?.marker.expectedWorkers ?? 0)
      if ready < expected {
        self.context.diagnostics.warning(
          "Worker timeout: \(ready)/\(expected) ready after \(TimeText.seconds(timeout)); the run goes on. See who is "
            + "missing: testmon-xdist status, or allow more time: \(Settings.workerTimeout.variable)")
      }
    }
  }

  /// Takes in the acknowledgements, unless they are for the marker of a pytest that has joined.
  private func lookForWorkers() {
    guard let published, (try? run.folder.marker()) == published.marker,
      let new = try? run.folder.acknowledgements(of: run.id, besides: acknowledged)
    else { return }
    for one in new where acknowledged.insert(one.workerID).inserted {
      context.diagnostics.debug("worker \(one.workerID) ready after \(one.readyAfter(published.marker)) ms")
      history.workerReady(one, of: published.marker)
    }
    if areAllReady, published.marker.expectedWorkers > 0, let tell = whenAllReady {
      whenAllReady = nil
      tell(acknowledged.count)
    }
  }

  /// Ends the run: its folder is removed first, for that is what others wait for.
  /// - Parameter told: what its pytest told of it, where there is one and it did.
  func end(_ outcome: RunRecorder.Outcome, exitStatus: Int32? = nil, _ told: RunReport? = nil) throws {
    lookForWorkers()
    // Where a pytest still writes, both are left to a later run.
    if let path = published?.marker.environment.databasePath {
      do {
        let isDone = try DataFile.tidy(at: path)
        if !isDone { context.diagnostics.debug("the next run goes on deleting environments that aren't kept") }
      } catch {
        context.diagnostics.debug("environments that aren't kept are deleted later: \(error)")
      }
    }
    defer { history.end(outcome, exitStatus: exitStatus, told) }
    let path = run.folder.directory.path
    switch try run.end() {
    case .removed: context.diagnostics.debug("run \(run.id) ended")
    case .left(let names):
      context.diagnostics.warning(
        "left \(path): \(names.joined(separator: ", ")) in it isn't ours; look at it, and remove it yourself: "
          + "ls -la \(ShellWord.quote(path))")
    case .inUse(let holder):
      let whom = holder.map(\.summary) ?? "another run"
      context.diagnostics.warning("left \(path): \(whom) goes on, and removes it when it ends")
    case .stuck(let reason):
      context.diagnostics.warning(
        "left \(path): it is empty, but can't be removed: \(reason); see whose it is: ls -ld \(ShellWord.quote(path))")
    }
  }
}
