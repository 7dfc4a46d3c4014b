import FoundationEssentials
import SQLite

/// The rows of the `environment` table. Used inside a transaction.
struct EnvironmentRows {
  struct Activation {
    let id: Int64
    let packagesChanged: Bool
    let pickedUpAgain: Bool
  }

  private struct Candidate {
    let id: Int64
    let name: String
    /// Same packages, same Python.
    let matches: Bool
  }

  private let database: Database

  init(_ database: Database) { self.database = database }

  /// Leaves exactly one row with the environment's name, and it matches. Writes only where that isn't so yet.
  func activate(_ key: EnvironmentKey, keep: Int, now: Date) throws(SQLiteError) -> Activation {
    let (active, parked) = try candidates(for: key)
    let inPlace = try best(active.filter(\.matches))
    let returning = inPlace == nil ? try best(parked.filter(\.matches)) : nil

    let leaving = active.filter { $0.id != inPlace?.id }
    try park(leaving, base: key.name, now: now, taken: parked)
    if let returning {
      try database.rows(
        "UPDATE environment SET environment_name = ?2 WHERE id = ?1", .integer(returning.id), .text(key.name))
    }
    let id: Int64
    if let row = inPlace ?? returning { id = row.id } else { id = try insert(key) }
    let others = parked.filter { $0.id != returning?.id } + leaving
    try delete(others.dropLast(max(keep, 1) - 1))
    return Activation(
      id: id, packagesChanged: inPlace == nil && returning == nil && !active.isEmpty,
      pickedUpAgain: returning != nil)
  }

  /// The rows that carry the name, by id, and those parked under it, least recently parked first.
  private func candidates(for key: EnvironmentKey) throws(SQLiteError) -> (active: [Candidate], parked: [Candidate]) {
    // The comparison is SQLite's, as in testmon: byte for byte.
    let rows = try database.rows(
      """
      SELECT id, environment_name, environment_name = ?1, system_packages = ?2 AND python_version = ?3
      FROM environment ORDER BY id
      """, .text(key.name), .text(key.packages), .text(key.python))
    var active: [Candidate] = []
    var parked: [(candidate: Candidate, since: Date)] = []
    for row in rows {
      guard let id = row[0].asInteger, let name = row[1].asText else { continue }
      let candidate = Candidate(id: id, name: name, matches: row[3] == .integer(1))
      if row[2] == .integer(1) {
        active.append(candidate)
      } else if let suffix = ParkedName(name), suffix.base.utf8.elementsEqual(key.name.utf8) {
        parked.append((candidate, suffix.since))
      }
    }
    parked.sort { ($0.since, $0.candidate.id) < ($1.since, $1.candidate.id) }
    return (active, parked.map(\.candidate))
  }

  /// Of several rows that match, the one with most tests; of these, the newest.
  private func best(_ matching: [Candidate]) throws(SQLiteError) -> Candidate? {
    guard matching.count > 1 else { return matching.first }
    var ranked: [(candidate: Candidate, tests: Int64)] = []
    for candidate in matching {
      let tests = try database.rows(
        "SELECT count(*) FROM test_execution WHERE environment_id = ?1", .integer(candidate.id))
      ranked.append((candidate, tests.first?[0].asInteger ?? 0))
    }
    return ranked.max { ($0.tests, $0.candidate.id) < ($1.tests, $1.candidate.id) }?.candidate
  }

  /// Every parked row gets a name of its own, because two of them may hold the same packages; a second that is taken
  /// is passed over.
  private func park(
    _ rows: [Candidate], base: String, now: Date, taken: [Candidate]
  ) throws(SQLiteError) {
    var taken = Set(taken.map { Array($0.name.utf8) })
    var time = now
    for row in rows {
      var name = ParkedName(base: base, since: time)
      // Bounded, because at the end of time there is no later second.
      for _ in taken where taken.contains(Array(name.text.utf8)) {
        time = name.since.addingTimeInterval(1)
        name = ParkedName(base: base, since: time)
      }
      taken.insert(Array(name.text.utf8))
      try database.rows(
        "UPDATE environment SET environment_name = ?2 WHERE id = ?1", .integer(row.id), .text(name.text))
    }
  }

  /// Inserts under an id that no test carries: tests whose environment is gone would be taken for this one's.
  private func insert(_ key: EnvironmentKey) throws(SQLiteError) -> Int64 {
    // Below the largest integer, so that there is always a next one. `ORDER BY … LIMIT 1` walks the index from its end.
    let used = try database.rows(
      """
      SELECT max(id) FROM (
        SELECT max(id) AS id FROM environment WHERE id < ?1
        UNION ALL
        SELECT * FROM (
          SELECT CAST(environment_id AS INTEGER) FROM test_execution
          WHERE environment_id < ?1 ORDER BY environment_id DESC LIMIT 1))
      """, .integer(Int64.max))
    let id = max(used.first?[0].asInteger ?? 0, 0) + 1
    try database.rows(
      """
      INSERT INTO environment (id, environment_name, system_packages, python_version) VALUES (?1, ?2, ?3, ?4)
      """, .integer(id), .text(key.name), .text(key.packages), .text(key.python))
    return id
  }

  /// Deletes rows with their tests, and fingerprints that no test has any more. Explicitly, because data version 13
  /// has no cascade.
  private func delete(_ rows: ArraySlice<Candidate>) throws(SQLiteError) {
    guard !rows.isEmpty else { return }
    for row in rows {
      try database.rows(
        """
        DELETE FROM test_execution_file_fp
        WHERE test_execution_id IN (SELECT id FROM test_execution WHERE environment_id = ?1)
        """, .integer(row.id))
      try database.rows("DELETE FROM test_execution WHERE environment_id = ?1", .integer(row.id))
      try database.rows("DELETE FROM environment WHERE id = ?1", .integer(row.id))
    }
    // As testmon's `vacuum_file_fp` does; but one NULL among the references would keep all.
    try database.execute(
      """
      DELETE FROM file_fp
      WHERE id NOT IN (SELECT fingerprint_id FROM test_execution_file_fp WHERE fingerprint_id IS NOT NULL)
      """)
  }
}
