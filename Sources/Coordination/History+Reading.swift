import FoundationEssentials
import Planning
import SQLite

/// Looking at the history.
extension History {
  /// Has `body` read the history, of this or an earlier schema, without changing it.
  /// - Throws: ``HistoryError``, and what `body` throws, as one.
  public static func look<Result>(at path: String, _ body: (History) throws -> Result) throws(HistoryError) -> Result {
    try wrapping(path) {
      try Database.look(at: path, busyTimeout: .milliseconds(500)) { database, _ in
        try body(History(reading: database, schema: checkVersion(of: database, known: migrations.count)))
      }
    }
  }

  /// The newest runs first, at most `limit`. Rows that this program can't read are left out.
  /// - Parameter explained: only those of which it is known why tests ran.
  public func recent(_ limit: Int, explained: Bool = false) throws(HistoryError) -> [RecordedRun] {
    // A file has no table yet while it is being made.
    if schema == 0 || explained && schema < Self.causesSince { return [] }
    return try History.wrapping(database.path) {
      let limit = Value.integer(Int64(max(limit, 0)))
      let tests = schema < Self.causesSince ? "NULL, NULL, NULL, NULL" : "all_tests, ran, not_needed, saved"
      let among = "FROM runs \(explained ? "WHERE ran IS NOT NULL" : "") ORDER BY number DESC LIMIT ?1"
      let runs = try database.rows(
        """
        SELECT run_id, started_at, version, kind, owner_pid, environment_name, python_version, data_version,
          packages_changed, expected_workers, ended_at, outcome, exit_status, \(tests)
        \(among)
        """, limit)
      let ready = try database.rows(
        """
        SELECT run_id, worker_id, pid, ready_after_ms FROM workers WHERE run_id IN (SELECT run_id \(among))
        ORDER BY ready_after_ms, worker_id
        """, limit)
      var workers: [String: [Worker]] = [:]
      for row in ready {
        guard let runID = row[0].asText, let worker = Worker(row) else { continue }
        workers[runID, default: []].append(worker)
      }
      return runs.compactMap { row in row[0].asText.flatMap { RecordedRun(row, workers: workers[$0] ?? []) } }
    }
  }
}

extension History.Worker {
  fileprivate init?(_ row: Row) {
    guard let workerID = row[1].asText, let pid = row[2].asInteger.flatMap(Int32.init(exactly:)),
      let readyAfter = row[3].asInteger.flatMap(Int.init(exactly:))
    else { return nil }
    self.init(workerID: workerID, pid: pid, readyAfter: readyAfter)
  }
}

extension History.RecordedRun {
  fileprivate init?(_ row: Row, workers: [History.Worker]) {
    guard let runID = row[0].asText, let startedAt = row[1].asReal, let version = row[2].asText,
      let kind = row[3].asText.flatMap(History.Kind.init(rawValue:)),
      let ownerPID = row[4].asInteger.flatMap(Int32.init(exactly:)),
      let environmentName = row[5].asText, let pythonVersion = row[6].asText,
      let dataVersion = row[7].asInteger.flatMap(Int.init(exactly:))
    else { return nil }
    self.start = History.RunStart(
      runID: runID, startedAt: Date(timeIntervalSince1970: startedAt), version: version, kind: kind,
      ownerPID: ownerPID, environmentName: environmentName, pythonVersion: pythonVersion, dataVersion: dataVersion,
      packagesChanged: row[8] == .integer(1), expectedWorkers: row[9].asInteger.flatMap(Int.init(exactly:)))
    self.endedAt = row[10].asReal.map(Date.init(timeIntervalSince1970:))
    self.outcome = row[11].asText.flatMap(History.Outcome.init(rawValue:))
    self.exitStatus = row[12].asInteger.flatMap(Int.init(exactly:))
    self.workers = workers
    if let all = row[13].asInteger.flatMap(Int.init(exactly:)), let ran = row[14].asInteger.flatMap(Int.init(exactly:)),
      let notNeeded = row[15].asInteger.flatMap(Int.init(exactly:)), let saved = row[16].asReal,
      min(all, ran, notNeeded) >= 0, (0..<1e12).contains(saved)
    {
      tests = History.Tests(all: all, ran: ran, notNeeded: notNeeded, savedSeconds: saved)
    } else {
      tests = nil
    }
  }
}
