import SQLite

/// One layout of testmon's tables, which testmon numbers with `DATA_VERSION` in its db.py and stores as
/// `PRAGMA user_version`.
///
/// Releases of testmon that share a number share every statement, byte for byte.
public struct DataVersion: Sendable {
  public let number: Int
  /// The first and the last release of testmon that make it.
  public let releases: ClosedRange<Release>
  /// What testmon's `DB.init_tables` runs to make the tables of this version.
  let schema: String

  /// Every version that this program can make and prepare, oldest first.
  public static let known: [DataVersion] = [.v8, .v9, .v12, .v13, .v14]

  /// Whether it is of a release of testmon that this program doesn't know yet.
  public static func isNewer(_ number: Int64) -> Bool { number > known.map(\.number).max().map(Int64.init) ?? 0 }

  /// The releases of testmon that make files of a data version, in words: "2.0.0 to 2.0.2"; nil where we don't know.
  public static func releases(of number: Int64) -> String? {
    guard let releases = Int(exactly: number).flatMap(DataVersion.init(number:))?.releases else { return nil }
    let (first, last) = (releases.lowerBound, releases.upperBound)
    return first == last ? "\(first)" : "\(first) to \(last)"
  }

  /// The version of that number, or nil for one that this program doesn't know.
  public init?(number: Int) {
    guard let version = DataVersion.known.first(where: { $0.number == number }) else { return nil }
    self = version
  }

  init(number: Int, releases first: String, _ last: String, schema: String) {
    self.number = number
    releases = Release(first)...Release(last)
    self.schema = schema
  }
}
