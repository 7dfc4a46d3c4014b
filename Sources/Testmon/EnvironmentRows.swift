import FoundationEssentials
import SQLite

/// The rows of the `environment` table. Used inside a transaction.
struct EnvironmentRows {
  struct Activation {
    let id: Int64
    let packagesChanged: Bool
    let pickedUpAgain: Bool
    let replaced: Preparation.Replaced?
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
    let others = parked.filter { $0.id != returning?.id } + leaving
    let kept = others.suffix(max(keep, 1) - 1)
    // Only what stays gets a name of its own.
    try park(leaving.suffix(kept.count), base: key.name, now: now, taken: parked)
    if let returning {
      try database.rows(
        "UPDATE environment SET environment_name = ?2 WHERE id = ?1", .integer(returning.id), .text(key.name))
    }
    let isNew = inPlace == nil && returning == nil
    var replaced: Preparation.Replaced?
    if isNew, let last = active.last { replaced = try describe(last.id, name: key.name) }
    let id: Int64
    if let row = inPlace ?? returning { id = row.id } else { id = try insert(key) }
    try DeletedEnvironments(database).add(list(others.dropLast(kept.count)))
    return Activation(
      id: id, packagesChanged: isNew && !active.isEmpty, pickedUpAgain: returning != nil, replaced: replaced)
  }

  private func describe(_ id: Int64, name: String) throws(SQLiteError) -> Preparation.Replaced? {
    let rows = try database.rows(
      """
      SELECT system_packages, python_version, (SELECT count(*) FROM test_execution WHERE environment_id = ?1)
      FROM environment WHERE id = ?1
      """, .integer(id))
    guard let row = rows.first else { return nil }
    return Preparation.Replaced(
      environment: EnvironmentKey(name: name, packages: row[0].asText ?? "", python: row[1].asText ?? ""),
      tests: Int(clamping: row[2].asInteger ?? 0))
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
    let first = try database.rows(
      """
      SELECT value FROM json_each(?1)
      ORDER BY (SELECT count(*) FROM test_execution WHERE environment_id = value) DESC, value DESC LIMIT 1
      """, list(matching[...]))
    return matching.first { first.first?[0] == .integer($0.id) }
  }

  /// The ids of rows, for `json_each`: one statement for all of them.
  private func list(_ rows: ArraySlice<Candidate>) -> Value {
    .text("[\(rows.map { String($0.id) }.joined(separator: ","))]")
  }

  /// Every parked row gets a name of its own, because two of them may hold the same packages; a second that is taken
  /// is passed over.
  private func park(
    _ rows: ArraySlice<Candidate>, base: String, now: Date, taken: [Candidate]
  ) throws(SQLiteError) {
    var taken = Set(taken.map { Array($0.name.utf8) })
    var time = now
    for row in rows {
      var name = ParkedName(base: base, since: time)
      // An end, because ParkedName has a latest second.
      var attempts = taken.count
      while attempts > 0, taken.contains(Array(name.text.utf8)) {
        attempts -= 1
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
}
