import Planning
import SQLite

/// Why tests ran.
extension History {
  /// Notes what a run had to do, and why.
  /// - Parameter saved: how much longer it would have taken without testmon, in seconds.
  public func ran(_ tests: RanTests, saved: Double, runID: String) throws(HistoryError) {
    try write {
      try database.transaction {
        try database.rows(
          "UPDATE runs SET all_tests = ?2, ran = ?3, not_needed = ?4, saved = ?5 WHERE run_id = ?1",
          .text(runID), .integer(Int64(tests.allTests)), .integer(Int64(tests.ran.tests)),
          .integer(Int64(tests.notNeeded.tests)), .real(saved))
        let ids = try ids(of: tests.tests)
        for one in tests.causes {
          try database.rows(
            "INSERT INTO causes (run_id, kind, file, name, tests) VALUES (?1, ?2, ?3, ?4, ?5)",
            .text(runID), .text(one.cause.kind.rawValue), .text(orNull: one.cause.file), .text(orNull: one.cause.name),
            .integer(Int64(one.count)))
          let cause = try database.value("SELECT last_insert_rowid()")
          try database.rows(
            "INSERT OR IGNORE INTO caused SELECT ?1, value FROM json_each(?2)",
            cause, Self.list(one.tests.compactMap { ids[$0] }))
        }
      }
    }
  }

  /// The ids of tests, by their places in the list.
  private func ids(of names: [String]) throws(SQLiteError) -> [Int: Int64] {
    if names.isEmpty { return [:] }
    let list = Self.list(names)
    try database.rows("INSERT OR IGNORE INTO tests (name) SELECT value FROM json_each(?1)", list)
    var ids: [Int: Int64] = [:]
    for row in try database.rows("SELECT key, tests.id FROM json_each(?1) JOIN tests ON name = value", list) {
      if let place = row[0].asInteger.flatMap(Int.init(exactly:)), let id = row[1].asInteger { ids[place] = id }
    }
    return ids
  }

  /// For `json_each`: one statement for all of them.
  private static func list(_ values: some Encodable) -> Value {
    .text(String(decoding: JSON.encode(values, pretty: false), as: UTF8.self))
  }

  /// Why the tests of a run ran, those causes that made most of them run first.
  public func causes(of runID: String) throws(HistoryError) -> [RecordedCause] {
    try recorded { () throws(SQLiteError) in
      try database.rows("SELECT kind, file, name, tests FROM causes WHERE run_id = ?1", .text(runID))
    }
  }

  /// Why one test ran in a run; empty where it didn't.
  public func causes(of test: String, in runID: String) throws(HistoryError) -> [RecordedCause] {
    try recorded { () throws(SQLiteError) in
      try database.rows(
        """
        SELECT kind, file, causes.name, 1 FROM causes
        JOIN caused ON cause_id = causes.id JOIN tests ON tests.id = test_id
        WHERE run_id = ?1 AND tests.name = ?2
        """, .text(runID), .text(test))
    }
  }

  /// The latest run in which a test ran; nil where the history has none.
  public func lastRun(of test: String) throws(HistoryError) -> RecordedRun? {
    guard schema >= Self.causesSince else { return nil }
    let runs = try History.wrapping(database.path) {
      try database.rows(
        """
        SELECT run_id FROM runs JOIN causes USING (run_id)
        JOIN caused ON cause_id = causes.id JOIN tests ON tests.id = test_id
        WHERE tests.name = ?1 AND causes.kind <> ?2 ORDER BY number DESC LIMIT 1
        """, .text(test), .text(Cause.Kind.leftOut.rawValue))
    }
    guard let runID = runs.first?[0].asText else { return nil }
    return try recent(.max, explained: true).first { $0.start.runID == runID }
  }

  /// The names of tests that have this in them, at most `limit`.
  public func tests(like part: String, atMost limit: Int) throws(HistoryError) -> [String] {
    guard schema >= Self.causesSince else { return [] }
    return try History.wrapping(database.path) {
      try database.rows(
        "SELECT name FROM tests WHERE instr(name, ?1) > 0 ORDER BY length(name), name LIMIT ?2",
        .text(part), .integer(Int64(limit))
      ).compactMap { $0[0].asText }
    }
  }

  /// What all recorded runs together had not to do.
  public func savings() throws(HistoryError) -> Savings {
    guard schema >= Self.causesSince else { return Savings(runs: 0, tests: 0, seconds: 0) }
    return try History.wrapping(database.path) {
      // `total`, because `sum` fails where numbers are too large.
      let rows = try database.rows("SELECT count(*), total(not_needed), total(saved) FROM runs WHERE ran IS NOT NULL")
      func number(_ column: Int) -> Double { min(max(rows.first?[column].asReal ?? 0, 0), 1e15) }
      return Savings(runs: Int(number(0)), tests: Int(number(1)), seconds: number(2))
    }
  }

  private func recorded(_ rows: () throws(SQLiteError) -> [Row]) throws(HistoryError) -> [RecordedCause] {
    guard schema >= Self.causesSince else { return [] }
    let rows = try History.wrapping(database.path, rows)
    let found = rows.compactMap { row -> CausedTests? in
      guard let kind = row[0].asText.flatMap(Cause.Kind.init(rawValue:)),
        let count = row[3].asInteger.flatMap(Int.init(exactly:))
      else { return nil }
      return CausedTests(Cause(kind, file: row[1].asText, name: row[2].asText), count: count)
    }
    return found.sorted().map { RecordedCause(cause: $0.cause, tests: $0.count) }
  }
}
