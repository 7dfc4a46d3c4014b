import Planning
import SQLite

/// What past runs took, by which later ones are planned.
extension History {
  /// How many runs are looked at: enough to even out what a busy machine does to one of them.
  private static let runsLookedAt: Int64 = 20

  /// Notes what a run took. Measurements that can't be are left out.
  /// - Throws: ``HistoryError``, also where there is no such run.
  public func measured(_ run: MeasuredRun, runID: String) throws(HistoryError) {
    try write {
      try database.transaction {
        try database.rows(
          "UPDATE runs SET recording = ?2, crashed = ?3 WHERE run_id = ?1",
          .text(runID), .real(run.recording), .integer(run.hasCrashed ? 1 : 0))
        for one in run.processes where one.isPlausible {
          try database.rows(
            """
            INSERT OR REPLACE INTO measurements (
              run_id, process, start, collection, collected, tests, test_seconds, processor, queued)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """,
            .text(runID), .text(one.process), .real(one.start), .real(one.collection), .integer(Int64(one.collected)),
            .integer(Int64(one.tests)), .real(one.testSeconds), .real(one.processor), .real(one.queued))
        }
      }
    }
  }

  /// What the latest runs of an environment took, the latest first: those in which tests ran, and the latest in any case.
  /// Whatever can't have been measured is left out.
  public func measuredRuns(environment: String) throws(HistoryError) -> [MeasuredRun] {
    if schema < Self.measurementsSince { return [] }
    return try History.wrapping(database.path) {
      let runs = try database.rows(
        """
        SELECT run_id, recording, crashed FROM runs
        WHERE environment_name = ?1 AND crashed IS NOT NULL AND (
          number = (SELECT max(number) FROM runs WHERE environment_name = ?1 AND crashed IS NOT NULL)
          OR EXISTS (SELECT 1 FROM measurements WHERE measurements.run_id = runs.run_id AND tests > 0))
        ORDER BY number DESC LIMIT ?2
        """, .text(environment), .integer(Self.runsLookedAt))
      return try runs.compactMap { row in
        guard let recording = row[1].asReal, (0..<1e9).contains(recording), let crashed = row[2].asInteger else {
          return nil
        }
        let processes = try database.rows(
          """
          SELECT process, start, collection, collected, tests, test_seconds, processor, queued
          FROM measurements WHERE run_id = ?1
          """, row[0])
        return MeasuredRun(
          processes: processes.compactMap(Measurement.init), recording: recording, hasCrashed: crashed != 0)
      }
    }
  }
}

extension Measurement {
  fileprivate init?(_ row: Row) {
    guard let process = row[0].asText, let start = row[1].asReal, let collection = row[2].asReal,
      let collected = row[3].asInteger.flatMap(Int.init(exactly:)),
      let tests = row[4].asInteger.flatMap(Int.init(exactly:)), let testSeconds = row[5].asReal,
      let processor = row[6].asReal, let queued = row[7].asReal
    else { return nil }
    self.init(
      process: process, start: start, collection: collection, collected: collected, tests: tests,
      testSeconds: testSeconds, processor: processor, queued: queued)
    if !isPlausible { return nil }
  }
}
