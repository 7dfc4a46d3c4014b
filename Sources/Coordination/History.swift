import FoundationEssentials
import Glibc
import SQLite

/// Past runs: how each began, which workers were ready and when, how it ended. A SQLite database.
///
/// Losing it loses only history: the caller reports an error of it and goes on.
///
/// Not `Sendable`: use one from one task at a time.
public final class History {
  public enum JournalMode: String, Sendable {
    case wal
    /// For network file systems, where WAL is unsafe: <https://sqlite.org/wal.html>.
    case truncate
  }

  let database: Database

  /// Opens the history, makes it where there is none, and brings an older schema up to date. Its folder must be there.
  /// - Throws: ``HistoryError``; `.newerSchema` before anything is touched.
  public convenience init(path: String, journalMode: JournalMode = .wal) throws(HistoryError) {
    try self.init(path: path, journalMode: journalMode, migrations: History.migrations)
  }

  init(path: String, journalMode: JournalMode, migrations: [String]) throws(HistoryError) {
    database = try History.wrapping(path) {
      // Short, because a run must not wait for its history.
      let database = try Database(path: path, access: .readWriteCreate, busyTimeout: .milliseconds(500))
      try History.checkVersion(of: database, known: migrations.count)
      try database.execute("PRAGMA journal_mode = \(journalMode.rawValue)")
      try database.execute("PRAGMA foreign_keys = ON")
      // No disk's flush, for which every run would wait at its end. A power cut may then damage the file, which is begun
      // anew; the end of a process can't: <https://sqlite.org/pragma.html#pragma_synchronous>.
      if journalMode == .wal { try database.execute("PRAGMA synchronous = OFF") }
      if try History.checkVersion(of: database, known: migrations.count) < migrations.count {
        try database.transaction {
          // Another process may have been faster.
          let done = try History.checkVersion(of: database, known: migrations.count)
          for migration in migrations.dropFirst(done) { try database.execute(migration) }
          try database.execute("PRAGMA user_version = \(migrations.count)")
        }
      }
      return database
    }
  }

  /// The same, but a damaged history is replaced by an empty one.
  /// - Returns: the history, and the error that made the old one unusable, if one did.
  public static func open(
    path: String, journalMode: JournalMode = .wal
  ) throws(HistoryError) -> (history: History, replaced: HistoryError?) {
    do {
      return (try History(path: path, journalMode: journalMode), nil)
    } catch {
      guard error.reason == .corrupt else { throw error }
      // The database before its companions: a log without its database is ignored.
      for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
      return (try History(path: path, journalMode: journalMode), error)
    }
  }

  /// Notes that a run has begun.
  /// - Throws: ``HistoryError``, also where there is a run of that id.
  public func begin(_ run: RunStart) throws(HistoryError) {
    try write {
      try database.rows(
        """
        INSERT INTO runs (
          run_id, started_at, version, kind, owner_pid, environment_name, python_version, data_version,
          packages_changed, expected_workers)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """,
        .text(run.runID), .real(run.startedAt.timeIntervalSince1970), .text(run.version), .text(run.kind.rawValue),
        .integer(Int64(run.ownerPID)), .text(run.environmentName), .text(run.pythonVersion),
        .integer(Int64(run.dataVersion)), .integer(run.packagesChanged ? 1 : 0),
        .integer(orNull: run.expectedWorkers.map(Int64.init)))
    }
  }

  /// Notes that other than was said first, so many workers are expected.
  public func expect(workers: Int?, of runID: String) throws(HistoryError) {
    try write {
      try database.rows(
        "UPDATE runs SET expected_workers = ?2 WHERE run_id = ?1", .text(runID),
        .integer(orNull: workers.map(Int64.init)))
    }
  }

  /// Notes that a worker of a run is ready. If one says so twice, the last time counts.
  /// - Throws: ``HistoryError``, also where there is no such run.
  public func workerReady(_ worker: Worker, of runID: String) throws(HistoryError) {
    try write {
      try database.rows(
        """
        INSERT INTO workers (run_id, worker_id, pid, ready_after_ms) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO UPDATE SET pid = excluded.pid, ready_after_ms = excluded.ready_after_ms
        """,
        .text(runID), .text(worker.workerID), .integer(Int64(worker.pid)), .integer(Int64(worker.readyAfter)))
    }
  }

  /// Notes how a run ended. Does nothing where there is no such run.
  public func end(runID: String, outcome: Outcome, exitStatus: Int?, at time: Date) throws(HistoryError) {
    try write {
      try database.rows(
        "UPDATE runs SET outcome = ?2, exit_status = ?3, ended_at = ?4 WHERE run_id = ?1",
        .text(runID), .text(outcome.rawValue), .integer(orNull: exitStatus.map(Int64.init)),
        .real(time.timeIntervalSince1970))
    }
  }

  /// Marks runs that are still open as died, except this one. Only for the holder of the session lock: no other run can be
  /// alive then.
  public func closeAbandoned(except runID: String) throws(HistoryError) {
    try write {
      try database.rows(
        "UPDATE runs SET outcome = ?2 WHERE run_id <> ?1 AND outcome IS NULL",
        .text(runID), .text(Outcome.died.rawValue))
    }
  }

  /// Deletes all but the newest `keep` runs, with their workers.
  public func prune(keep: Int) throws(HistoryError) {
    try write {
      try database.rows(
        "DELETE FROM runs WHERE number NOT IN (SELECT number FROM runs ORDER BY number DESC LIMIT ?1)",
        .integer(Int64(max(keep, 0))))
    }
  }

  /// The newest runs first, at most `limit`. Rows that this program can't read are left out.
  public func recent(_ limit: Int) throws(HistoryError) -> [RecordedRun] {
    try History.wrapping(database.path) {
      let limit = Value.integer(Int64(max(limit, 0)))
      let runs = try database.rows(
        """
        SELECT run_id, started_at, version, kind, owner_pid, environment_name, python_version, data_version,
          packages_changed, expected_workers, ended_at, outcome, exit_status
        FROM runs ORDER BY number DESC LIMIT ?1
        """, limit)
      let ready = try database.rows(
        """
        SELECT run_id, worker_id, pid, ready_after_ms FROM workers
        WHERE run_id IN (SELECT run_id FROM runs ORDER BY number DESC LIMIT ?1)
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

  func write(_ body: () throws -> Void) throws(HistoryError) {
    try History.wrapping(database.path, body)
  }

  /// The schema version, which is at most `known`.
  @discardableResult
  static func checkVersion(of database: Database, known: Int) throws -> Int {
    let found = try database.value("PRAGMA user_version").asInteger ?? 0
    guard (0...Int64(known)).contains(found) else {
      throw HistoryError(path: database.path, reason: .newerSchema(found: found, known: known))
    }
    return Int(found)
  }

  static func wrapping<Result>(_ path: String, _ body: () throws -> Result) throws(HistoryError) -> Result {
    do {
      return try body()
    } catch let error as HistoryError {
      throw error
    } catch let error as SQLiteError {
      throw HistoryError(path: path, error)
    } catch {
      throw HistoryError(
        path: path, reason: .other,
        underlying: SQLiteError(extendedCode: 1, message: String(describing: error), path: path))
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
  }
}
