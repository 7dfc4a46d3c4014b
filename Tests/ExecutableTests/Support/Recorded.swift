import SQLite
import Testing

/// The oracle: what a data file has recorded for the environment `default`, whatever its data version. Two files are
/// equal when they hold the same tests, outcomes and dependencies; ids, durations and times differ between any two runs.
struct Recorded {
  /// One line for each row, and how often it is there: what is stored twice shows too.
  private var facts: [String: Int] = [:]
  private(set) var tests = 0

  /// - Parameter withContents: whether the hash of a whole file counts, besides those of its methods.
  ///
  ///   It does where nothing was recorded before. Afterwards testmon may go on using a row of older contents with the
  ///   same methods: its `fetch_or_create_file_fp` looks for the methods alone. Which tests get that row depends on
  ///   their order, in serial runs too; testmon selects the same tests with either.
  init(_ path: String, withContents: Bool = true) throws {
    let database = try Database(path: path, access: .readOnly)
    let version = try #require(database.value("PRAGMA user_version").asInteger)
    add("data version \(version)")
    // A kept environment has another name while it is parked.
    let rows = try database.rows(
      "SELECT id, system_packages, python_version FROM environment WHERE environment_name = 'default'")
    try #require(rows.count == 1, "\(path) has \(rows.count) environments with the name 'default'")
    add("environment: Python \(text(rows[0][2])), \(text(rows[0][1]))")
    let executions = try database.rows(
      "SELECT test_name, failed, forced FROM test_execution WHERE environment_id = ?1", rows[0][0])
    tests = executions.count
    for row in executions { add("\(text(row[0])): failed \(text(row[1])), forced \(text(row[2]))") }
    let dependencies = try database.rows(
      """
      SELECT test_name, filename, method_checksums, \(version < 12 ? "checksum" : "fsha")
      FROM test_execution
      JOIN test_execution_file_fp ON test_execution_id = test_execution.id
      LEFT JOIN file_fp ON file_fp.id = fingerprint_id
      WHERE environment_id = ?1
      """, rows[0][0])
    for row in dependencies {
      let contents = withContents ? ", contents \(text(row[3]))" : ""
      add("\(text(row[0])): depends on \(text(row[1])), methods \(text(row[2]))\(contents)")
    }
  }

  /// What only one of two has, line by line; empty when they are equal.
  func differences(from other: Recorded, names: (own: String, other: String)) -> [String] {
    Set(facts.keys).union(other.facts.keys).sorted().compactMap { fact in
      let (own, others) = (facts[fact] ?? 0, other.facts[fact] ?? 0)
      if own == others { return nil }
      if own > 0 && others > 0 { return "\(own) times in \(names.own), \(others) times in \(names.other): \(fact)" }
      return "only in \(own > 0 ? names.own : names.other): \(fact)"
    }
  }

  private mutating func add(_ fact: String) { facts[fact, default: 0] += 1 }

  private func text(_ value: Value) -> String {
    switch value {
    case .null: "none"
    case .integer(let integer): "\(integer)"
    case .real(let real): "\(real)"
    case .text(let text): text
    case .blob(let bytes): bytes.map { String($0, radix: 16) }.joined(separator: ".")
    }
  }
}
