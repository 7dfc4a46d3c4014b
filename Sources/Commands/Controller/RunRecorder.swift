import CommandLine
import Coordination
import FoundationEssentials
import Glibc
import Planning
import Platform
import Settings

/// Writes a run into the history. If that fails there is a debug line, and the run goes on.
final class RunRecorder {
  typealias Outcome = History.Outcome

  private let context: Context
  private let run: any Run
  private var history: History?
  /// The run's id in the history. Pytests that join a run share its id, so theirs have the process id, too.
  private let key: String

  init(_ context: Context, _ run: any Run) {
    self.context = context
    self.run = run
    key = run is JoinedRun ? "\(run.id)/\(getpid())" : run.id
  }

  /// The folder in pytest's cache, where pytest has made that cache; we never do.
  static func folder(in project: Project) -> String? {
    guard access(project.cacheFolder, F_OK) == 0 else { return nil }
    let parts = ["\(project.cacheFolder)/d", project.historyFolder]
    return parts.allSatisfy { (try? Directory.make($0, mode: 0o755)) != nil } ? project.historyFolder : nil
  }

  static func open(in folder: String) throws(HistoryError) -> (History, replaced: HistoryError?) {
    // SQLite's WAL needs all its readers on one machine.
    let mode: History.JournalMode = FileSystemKind(of: folder) == .local ? .wal : .truncate
    return try History.open(path: "\(folder)/history.db", journalMode: mode)
  }

  func begin(_ marker: Marker, folder: String?) {
    guard let folder, context.settings.history.value > 0 else { return }
    // Once more where writing shows that it is damaged.
    if !attempt({ try begin(marker, in: folder) }) { attempt { try begin(marker, in: folder) } }
  }

  private func begin(_ marker: Marker, in folder: String) throws {
    let (history, replaced) = try Self.open(in: folder)
    if let replaced { context.diagnostics.debug("\(replaced); it is begun anew") }
    // We have the session lock, or have just given it away. So of the runs that the history has as open, only the one
    // around us can be alive.
    try history.closeAbandoned(except: run.id)
    try history.begin(
      History.RunStart(
        runID: key, startedAt: Date(timeIntervalSince1970: marker.timestamp), version: version, kind: run.holder.kind,
        ownerPID: marker.owner.pid, environmentName: marker.environment.name,
        pythonVersion: marker.environment.pythonVersion, dataVersion: marker.environment.dataVersion,
        packagesChanged: marker.environment.packagesChanged,
        expectedWorkers: marker.expectedWorkers > 0 ? marker.expectedWorkers : nil))
    self.history = history
  }

  func workerReady(_ one: Acknowledgement, of marker: Marker) {
    attempt {
      try history?.workerReady(
        History.Worker(workerID: one.workerID, pid: one.pid, readyAfter: one.readyAfter(marker)), of: key)
    }
  }

  func expect(workers: Int) {
    attempt { try history?.expect(workers: workers > 0 ? workers : nil, of: key) }
  }

  /// What the latest runs of this environment took, the latest first; empty where there is no history.
  func measuredRuns(environment: String) -> [MeasuredRun] {
    var runs: [MeasuredRun] = []
    attempt { runs = try history?.measuredRuns(environment: environment) ?? [] }
    return runs
  }

  func end(_ outcome: Outcome, exitStatus: Int32?, _ told: RunReport?) {
    attempt {
      if let measured = told?.measured { try history?.measured(measured, runID: key) }
      if let told, let tests = told.tests { try history?.ran(tests, saved: told.savedSeconds, runID: key) }
      try history?.end(runID: key, outcome: outcome, exitStatus: exitStatus.map(Int.init), at: Date())
      try history?.prune(keep: context.settings.history.value)
    }
    history = nil
  }

  /// - Returns: false where the history turned out to be damaged. It is gone then: the next one is begun anew.
  @discardableResult
  private func attempt(_ body: () throws -> Void) -> Bool {
    do {
      try body()
      return true
    } catch {
      history = nil
      context.diagnostics.debug("no history of this run: \(error)")
      guard let error = error as? HistoryError, error.reason == .corrupt else { return true }
      History.discard(path: error.path)
      return false
    }
  }
}

extension Acknowledgement {
  /// Milliseconds from the marker's publication to this; 0 where the clock was set back.
  func readyAfter(_ marker: Marker) -> Int {
    Int(max(0, (timestamp - marker.timestamp) * 1000).clampedToInt.rounded())
  }
}
