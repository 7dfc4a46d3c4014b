import Coordination
import Platform

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

  struct CurrentRun: Encodable, Equatable {
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
    /// nil where no test runs yet.
    var progress: TestProgress?

    var withoutProgress: CurrentRun {
      var copy = self
      copy.progress = nil
      return copy
    }

    enum CodingKeys: String, CodingKey {
      case id = "run_id"
      case kind, state, since, controller, owner, workers, progress
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

  /// What a run had to do.
  struct Tests: Encodable, Equatable {
    let all: Int
    let ran: Int
    let notNeeded: Int
    /// By the clock; an estimate.
    let savedSeconds: Double

    enum CodingKeys: String, CodingKey {
      case all, ran
      case notNeeded = "not_needed"
      case savedSeconds = "saved_seconds"
    }
  }

  /// What all runs of the history together had not to do.
  struct Savings: Encodable, Equatable {
    let runs: Int
    let tests: Int
    let seconds: Double
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
    /// nil where nobody told, as while the run is open.
    var tests: Tests?

    enum CodingKeys: String, CodingKey {
      case id = "run_id"
      case kind, outcome, workers, tests
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
  let run: CurrentRun?
  let dataFile: DataFile
  let history: [PastRun]?
  var savings: Savings?
  var why: Why?
  var plan: Plan?
  var settings: [Setting]?

  enum CodingKeys: String, CodingKey {
    case schema, rootdir, run, history, savings, why, plan, settings
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
    try container.encodeIfPresent(savings, forKey: .savings)
    try container.encodeIfPresent(why, forKey: .why)
    try container.encodeIfPresent(plan, forKey: .plan)
    try container.encodeIfPresent(settings, forKey: .settings)
  }
}
