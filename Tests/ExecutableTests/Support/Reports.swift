import FoundationEssentials
import SQLite
import Testing

/// What `status --json` prints, as far as the tests look at it.
struct Status: Decodable {
  struct Process: Decodable {
    let pid: Int32
  }

  struct Worker: Decodable {
    let id: String
    let pid: Int32
  }

  struct Run: Decodable {
    let runId: String?
    let kind: String?
    let state: String
    let controller: Process?
    let owner: Process?
    let expectedWorkers: Int?
    let workers: [Worker]
  }

  struct Environment: Decodable {
    let name: String
    let tests: Int
    let keptSince: Double?
  }

  struct DataFile: Decodable {
    let path: String
    let problem: String?
    let exists: Bool
    let dataVersion: Int?
    let journalMode: String?
    let tests: Int?
    let environments: [Environment]?
  }

  struct PastRun: Decodable {
    let runId: String
    let kind: String
    let outcome: String?
    let exitStatus: Int32?
    let environmentName: String
    let expectedWorkers: Int?
    let workers: [Worker]
    let tests: Tests?
  }

  struct Tests: Decodable {
    let all: Int
    let ran: Int
    let notNeeded: Int
    let savedSeconds: Double
  }

  struct Savings: Decodable {
    let runs: Int
    let tests: Int
    let seconds: Double
  }

  struct Why: Decodable {
    struct Cause: Decodable {
      let kind: String
      let tests: Int
      let text: String
    }
    struct Test: Decodable {
      let ran: Bool
      let leftOut: Bool
      let causes: [Cause]
      let files: [String]?
      let lastRanAt: Double?
    }
    let run: PastRun?
    let causes: [Cause]
    let test: Test?
  }

  let schema: Int
  let rootdir: String
  let run: Run?
  let dataFile: DataFile
  let history: [PastRun]?
  let savings: Savings?
  let why: Why?
}

/// What `doctor --json` prints.
struct Diagnosis: Decodable {
  struct Finding: Decodable {
    let check: String
    let group: String
    let verdict: String
    let message: String
    let next: String?
  }

  struct Group: Decodable {
    let group: String
    let verdict: String?
    let checks: [String]
  }

  let schema: Int
  let healthy: Bool
  let rootdir: String
  let python: String?
  let groups: [Group]
  private(set) var findings: [Finding]

  func without(_ checks: Set<String>) -> Diagnosis {
    var rest = self
    rest.findings.removeAll { checks.contains($0.check) }
    return rest
  }

  /// What isn't well.
  var complaints: [Finding] { findings.filter { $0.verdict != "good" } }
}

extension Outcome {
  /// What it has printed, as JSON.
  func decoded<T: Decodable>(_ type: T.Type) throws -> T {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      return try decoder.decode(type, from: Data(output.utf8))
    } catch {
      Issue.record("\(error): \(self)")
      throw error
    }
  }
}

extension Project {
  func status(_ more: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> Status {
    let outcome = try startTestmonXdist(["status", "--json"] + more).finish()
    try #require(outcome.status == 0, "\(outcome)", sourceLocation: sourceLocation)
    return try outcome.decoded(Status.self)
  }

  func history() throws -> [Status.PastRun] { try #require(status("--history").history) }

  /// Why the last run's tests ran.
  func why(_ test: String? = nil, sourceLocation: SourceLocation = #_sourceLocation) throws -> Status.Why {
    let option = test.map { "--why=\($0)" } ?? "--why"
    return try #require(status(option, sourceLocation: sourceLocation).why, sourceLocation: sourceLocation)
  }

  /// The tests that the last run has a cause for.
  func testsWithACause() throws -> Set<String> {
    let database = try Database(path: path(".pytest_cache/d/testmon-xdist/history.db"), access: .readOnly)
    let rows = try database.rows(
      """
      SELECT DISTINCT tests.name FROM tests JOIN caused ON test_id = tests.id JOIN causes ON causes.id = cause_id
      WHERE kind NOT IN ('left_out', 'unknown') AND run_id = (SELECT run_id FROM runs ORDER BY number DESC LIMIT 1)
      """)
    return Set(rows.compactMap { $0[0].asText })
  }
}
