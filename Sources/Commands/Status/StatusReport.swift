import CommandLine
import Coordination
import FoundationEssentials
import Glibc
import Platform
import Testmon

/// What `status` finds, as `--json` prints it.
struct StatusReport: Encodable, Equatable {
  struct Worker: Encodable, Equatable {
    let id: String
    let pid: Int32
    /// From the marker's publication.
    let readyAfterMilliseconds: Int

    enum CodingKeys: String, CodingKey {
      case id, pid
      case readyAfterMilliseconds = "ready_after_ms"
    }
  }

  struct Run: Encodable, Equatable {
    let id: String?
    let kind: Holder.Kind?
    /// `preparing` has the lock and no data ready yet; `dead` left its files.
    enum State: String, Encodable { case preparing, ready, dead }
    let state: State
    /// Seconds since 1970.
    let since: Double?
    let controller: ProcessIdentity?
    let owner: ProcessIdentity?
    let environmentID: Int64?
    let environmentName: String?
    let pythonVersion: String?
    let expectedWorkers: Int?
    let workers: [Worker]

    enum CodingKeys: String, CodingKey {
      case id = "run_id"
      case kind, state, since, controller, owner, workers
      case environmentID = "environment_id"
      case environmentName = "environment_name"
      case pythonVersion = "python_version"
      case expectedWorkers = "expected_workers"
    }
  }

  struct Environment: Encodable, Equatable {
    let id: Int64
    let name: String
    let pythonVersion: String
    let packages: Int
    let tests: Int
    /// Seconds since 1970; nil for one in use.
    let keptSince: Double?

    enum CodingKeys: String, CodingKey {
      case id, name, packages, tests
      case pythonVersion = "python_version"
      case keptSince = "kept_since"
    }
  }

  struct DataFile: Encodable, Equatable {
    let path: String
    /// Why it can't be looked at; then the rest is nil.
    let problem: String?
    let exists: Bool
    let bytes: Int64?
    let logBytes: Int64?
    let dataVersion: Int64?
    let journalMode: String?
    let tests: Int?
    let environments: [Environment]?

    enum CodingKeys: String, CodingKey {
      case path, problem, exists, bytes, tests, environments
      case logBytes = "wal_bytes"
      case dataVersion = "data_version"
      case journalMode = "journal_mode"
    }
  }

  struct PastRun: Encodable, Equatable {
    let id: String
    let kind: String
    let startedAt: Double
    let endedAt: Double?
    let outcome: String?
    let exitStatus: Int?
    let environmentName: String
    let pythonVersion: String
    let expectedWorkers: Int?
    let workers: [Worker]

    enum CodingKeys: String, CodingKey {
      case id = "run_id"
      case kind, outcome, workers
      case startedAt = "started_at"
      case endedAt = "ended_at"
      case exitStatus = "exit_status"
      case environmentName = "environment_name"
      case pythonVersion = "python_version"
      case expectedWorkers = "expected_workers"
    }
  }

  let schema = 1
  let rootdir: String
  let run: Run?
  let dataFile: DataFile
  let history: [PastRun]?

  enum CodingKeys: String, CodingKey {
    case schema, rootdir, run, history
    case dataFile = "data_file"
  }

  /// `run` is there even when there is none: null.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(schema, forKey: .schema)
    try container.encode(rootdir, forKey: .rootdir)
    try container.encode(run, forKey: .run)
    try container.encode(dataFile, forKey: .dataFile)
    try container.encodeIfPresent(history, forKey: .history)
  }

  /// - Parameter history: how many past runs; nil for none.
  init(_ context: Context, history limit: Int?) throws {
    rootdir = context.project.rootdir
    let marker: Marker?
    (run, marker) = try Self.run(in: rootdir)
    dataFile = Self.dataFile(
      marker?.databasePath ?? absolute(context.environment["TESTMON_DATAFILE"] ?? ".testmondata", in: rootdir))
    history = try limit.map { try Self.history(in: context.project, limit: $0) }
  }

  private static func run(in rootdir: String) throws -> (Run?, Marker?) {
    guard let folder = try RunFolder.open(in: rootdir), try folder.isInUse() else { return (nil, nil) }
    let isLive = try folder.isLive()
    let holder = try folder.holder()
    let marker = try folder.marker()
    let workers = try marker.map { marker in
      try folder.acknowledgements(of: marker.runID).map {
        Worker(id: $0.workerID, pid: $0.pid, readyAfterMilliseconds: $0.readyAfter(marker))
      }
    }
    let run = Run(
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
    let entries: [History.Entry]
    do {
      entries = try History(path: "\(project.historyFolder)/history.db").recent(limit)
    } catch {
      throw Failure(.problemFound, "\(error)")
    }
    return entries.map { entry in
      PastRun(
        id: entry.run.runID, kind: entry.run.kind.rawValue, startedAt: entry.run.startedAt.timeIntervalSince1970,
        endedAt: entry.endedAt?.timeIntervalSince1970, outcome: entry.outcome?.rawValue, exitStatus: entry.exitStatus,
        environmentName: entry.run.environmentName, pythonVersion: entry.run.pythonVersion,
        expectedWorkers: entry.run.expectedWorkers,
        workers: entry.workers.map { Worker(id: $0.workerID, pid: $0.pid, readyAfterMilliseconds: $0.readyAfter) })
    }
  }
}
