import CommandLine
import Coordination
import FoundationEssentials
import Glibc
import Platform
import Testmon

/// Where the report's parts are looked up: the run's folder, the data file and the history.
extension StatusReport {
  /// - Parameters:
  ///   - history: how many past runs; nil for none.
  ///   - earlier: an earlier report, if any. Where a test has ended since, and nothing else has happened, the rest is
  ///     taken from there.
  init(_ context: Context, history limit: Int?, after earlier: StatusReport? = nil) throws {
    rootdir = context.project.rootdir
    let marker: Marker?
    (run, marker) = try Self.run(in: rootdir)
    if let earlier, earlier.run != run, earlier.run?.withoutProgress == run?.withoutProgress {
      (dataFile, history, savings) = (earlier.dataFile, earlier.history, earlier.savings)
      return
    }
    dataFile = Self.dataFile(marker?.environment.databasePath ?? context.project.dataFile)
    guard let limit else {
      history = nil
      return
    }
    let past = try Self.lookAtHistory(of: context.project) { (try $0.recent(limit), try $0.savings()) }
    history = past?.0.map { PastRun($0) } ?? []
    savings = past.flatMap { $1.runs > 0 ? Savings(runs: $1.runs, tests: $1.tests, seconds: $1.seconds) : nil }
  }

  /// A run may end while it is looked at, and remove its folder: then it is looked for again.
  private static func run(in rootdir: String) throws -> (CurrentRun?, Marker?) {
    for _ in 0..<attempts {
      do {
        return try look(at: RunFolder.open(in: rootdir))
      } catch CoordinationError.system(let error) where error.code == ENOENT {
        continue
      }
    }
    return (nil, nil)
  }

  private static let attempts = 100

  private static func look(at folder: RunFolder?) throws -> (CurrentRun?, Marker?) {
    guard let folder, try folder.isInUse() else { return (nil, nil) }
    let isLive = try folder.isLive()
    let holder = try folder.holder()
    let marker = try folder.marker()
    let workers = try marker.map { marker in
      try folder.acknowledgements(of: marker.runID).map {
        Worker(id: $0.workerID, pid: $0.pid, readyAfterMilliseconds: $0.readyAfter(marker))
      }
    }
    let environment = marker?.environment
    // Below a command a pytest may have died, with its controller, while the command goes on.
    let isForsaken = isLive && marker?.controller.isAlive == false
    let run = CurrentRun(
      id: holder?.runID, kind: holder?.kind, state: !isLive ? .dead : marker == nil ? .preparing : .ready,
      since: holder?.since, controller: holder?.controller, owner: marker?.owner ?? holder?.owner,
      environmentID: environment?.id, environmentName: environment?.name,
      pythonVersion: environment?.pythonVersion, expectedWorkers: marker?.expectedWorkers, workers: workers ?? [],
      progress: isForsaken ? nil : marker.flatMap { folder.progress(of: $0.runID) })
    return (run, marker)
  }

  private static func dataFile(_ path: String) -> DataFile {
    do {
      let found = try Testmon.DataFile.inspect(at: path)
      return DataFile(
        path: path, problem: nil, exists: true, bytes: found.size, logBytes: found.walSize,
        dataVersion: found.dataVersion, journalMode: found.journalMode, tests: found.tests,
        environments: found.environments.map {
          Environment(
            id: $0.id, name: $0.name, pythonVersion: $0.python, packages: $0.packages, tests: $0.tests,
            keptSince: $0.parkedSince?.timeIntervalSince1970)
        })
    } catch {
      return DataFile(
        path: path, problem: error.reason == .missing ? nil : error.description, exists: error.reason != .missing,
        bytes: nil, logBytes: nil, dataVersion: nil, journalMode: nil, tests: nil, environments: nil)
    }
  }

  /// Has `body` look at the history; nil where there is none.
  static func lookAtHistory<Result>(
    of project: Project, _ body: (History) throws -> Result
  ) throws(CommandFailure) -> Result? {
    let path = "\(project.historyFolder)/history.db"
    guard access(path, F_OK) == 0 else { return nil }
    do {
      return try History.look(at: path, body)
    } catch {
      throw CommandFailure(.coordination, "\(error)")
    }
  }
}

extension StatusReport.PastRun {
  init(_ run: History.RecordedRun) {
    self.init(
      id: run.start.runID, kind: run.start.kind.rawValue, startedAt: run.start.startedAt.timeIntervalSince1970,
      endedAt: run.endedAt?.timeIntervalSince1970, outcome: run.outcome?.rawValue, exitStatus: run.exitStatus,
      environmentName: run.start.environmentName, pythonVersion: run.start.pythonVersion,
      expectedWorkers: run.start.expectedWorkers,
      workers: run.workers.map {
        StatusReport.Worker(id: $0.workerID, pid: $0.pid, readyAfterMilliseconds: $0.readyAfter)
      },
      tests: run.tests.map {
        StatusReport.Tests(all: $0.all, ran: $0.ran, notNeeded: $0.notNeeded, savedSeconds: $0.savedSeconds)
      })
  }
}
