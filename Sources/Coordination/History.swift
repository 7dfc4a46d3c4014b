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
  /// The schema version of the file.
  let schema: Int

  /// Opens the history, makes it where there is none, and brings an older schema up to date. Its folder must be there.
  /// - Throws: ``HistoryError``; `.newerSchema` before anything is touched.
  public convenience init(path: String, journalMode: JournalMode = .wal) throws(HistoryError) {
    try self.init(path: path, journalMode: journalMode, migrations: History.migrations)
  }

  init(path: String, journalMode: JournalMode, migrations: [String]) throws(HistoryError) {
    schema = migrations.count
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

  /// A connection that only reads.
  init(reading database: Database, schema: Int) {
    self.database = database
    self.schema = schema
  }

  /// A history to write to; a damaged one is replaced by an empty one.
  /// - Returns: the history, and the error that made the old one unusable, if one did.
  public static func open(
    path: String, journalMode: JournalMode = .wal
  ) throws(HistoryError) -> (history: History, replaced: HistoryError?) {
    do {
      return (try History(path: path, journalMode: journalMode), nil)
    } catch {
      guard error.reason == .corrupt else { throw error }
      discard(path: path)
      return (try History(path: path, journalMode: journalMode), error)
    }
  }

  /// Removes a damaged history, which only writing to it may have shown to be that.
  public static func discard(path: String) {
    // The database before its companions: a log without its database is ignored.
    for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
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

  /// Deletes all but the newest `keep` runs, with all that belongs to them.
  public func prune(keep: Int) throws(HistoryError) {
    try write {
      let deleted = try database.rows(
        "DELETE FROM runs WHERE number NOT IN (SELECT number FROM runs ORDER BY number DESC LIMIT ?1) RETURNING number",
        .integer(Int64(max(keep, 0))))
      // Names of tests that nothing refers to any more cost only space: now and then is enough.
      let isDue = deleted.contains { row in row[0].asInteger.map { $0 % Self.sweepInterval == 0 } ?? false }
      if isDue { try database.execute("DELETE FROM tests WHERE id NOT IN (SELECT test_id FROM caused)") }
    }
  }

  private static let sweepInterval: Int64 = 20

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
