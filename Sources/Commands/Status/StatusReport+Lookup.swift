import CommandLine
import Coordination
import FoundationEssentials
import Glibc
import Testmon

/// Where the report's parts are looked up: the run's folder, the data file and the history.
extension StatusReport {
  /// - Parameter history: how many past runs; nil for none.
  init(_ context: Context, history limit: Int?) throws {
    rootdir = context.project.rootdir
    let marker: Marker?
    (run, marker) = try Self.run(in: rootdir)
    dataFile = Self.dataFile(marker?.databasePath ?? context.project.dataFile)
    history = try limit.map { try Self.history(in: context.project, limit: $0) }
  }

  private static func run(in rootdir: String) throws -> (CurrentRun?, Marker?) {
    guard let folder = try RunFolder.open(in: rootdir), try folder.isInUse() else { return (nil, nil) }
    let isLive = try folder.isLive()
    let holder = try folder.holder()
    let marker = try folder.marker()
    let workers = try marker.map { marker in
      try folder.acknowledgements(of: marker.runID).map {
        Worker(id: $0.workerID, pid: $0.pid, readyAfterMilliseconds: $0.readyAfter(marker))
      }
    }
    let run = CurrentRun(
      id: holder?.runID, kind: holder?.kind, state: !isLive ? .dead : marker == nil ? .preparing : .ready,
      since: holder?.since, controller: holder?.controller, owner: marker?.owner ?? holder?.owner,
      environmentID: marker?.environmentID, environmentName: marker?.environmentName,
      pythonVersion: marker?.pythonVersion, expectedWorkers: marker?.expectedWorkers, workers: workers ?? [])
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

  private static func history(in project: Project, limit: Int) throws -> [PastRun] {
    guard access("\(project.historyFolder)/history.db", F_OK) == 0 else { return [] }
    let runs: [History.RecordedRun]
    do {
      runs = try History(path: "\(project.historyFolder)/history.db").recent(limit)
    } catch {
      throw CommandFailure(.problemFound, "\(error)")
    }
    return runs.map { run in
      PastRun(
        id: run.start.runID, kind: run.start.kind.rawValue, startedAt: run.start.startedAt.timeIntervalSince1970,
        endedAt: run.endedAt?.timeIntervalSince1970, outcome: run.outcome?.rawValue, exitStatus: run.exitStatus,
        environmentName: run.start.environmentName, pythonVersion: run.start.pythonVersion,
        expectedWorkers: run.start.expectedWorkers,
        workers: run.workers.map { Worker(id: $0.workerID, pid: $0.pid, readyAfterMilliseconds: $0.readyAfter) })
    }
  }
}
