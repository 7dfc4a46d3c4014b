import FoundationEssentials
import Glibc
import Platform
import SQLite

/// What a data file holds, for people to look at.
public struct Inspection: Equatable, Sendable {
  public struct Environment: Equatable, Sendable {
    public let id: Int64
    /// Without the suffix of a parked row.
    public let name: String
    public let python: String
    /// Number of installed distributions that testmon noted.
    public let packages: Int
    /// Number of tests recorded.
    public let tests: Int
    /// Since when the row has been parked; nil for one in use.
    public let parkedSince: Date?
  }

  /// Bytes of the data file itself.
  public let size: Int64
  /// Bytes of `-wal`; 0 where there is none.
  public let walSize: Int64
  public let dataVersion: Int64
  /// As `PRAGMA journal_mode` says: `wal`, `delete`, …
  public let journalMode: String
  /// Whether there is no table at all.
  public let isEmpty: Bool
  /// Whether there are the tables of a testmon 2.x; it may be too old or too new for us, or incomplete.
  public let isTestmons: Bool
  /// Bytes of pages that hold nothing: VACUUM gives them back.
  public let unusedSize: Int64
  /// Whether whoever wrote it last was killed: this is what it will hold when that is taken back.
  public internal(set) var wasInterrupted = false
  /// In the order of their ids, without those whose tests are being deleted; none where the tables aren't testmon's.
  public let environments: [Environment]
  /// All tests of the file, also those whose environment is gone or being deleted.
  public let tests: Int

  /// Whether `-wal` has content, so that the data file alone may lack some: ``DataFile/fold(at:busyTimeout:)`` moves it
  /// there. While a connection is open this can be true although everything has been copied already.
  public var hasContentInWAL: Bool { walSize > Inspection.walHeaderSize }

  /// <https://sqlite.org/fileformat2.html#wal_file_format>
  private static let walHeaderSize: Int64 = 32
}

extension DataFile {
  /// Looks at a data file of any version without changing it.
  ///
  /// Makes no file, not even `-shm`, unless another connection is open or was killed: then `-wal` has to be read. Where a
  /// killed one's writing has to be taken back, that is done in a copy.
  /// - Throws: ``DataFileError``; `.missing` where there is no file.
  public static func inspect(at path: String, busyTimeout: Duration = .seconds(5)) throws(DataFileError) -> Inspection {
    try DataFileError.wrapping(path) {
      try DataFileError.checkKind(of: path)
      do {
        return try Database.look(at: path, busyTimeout: busyTimeout) { database, isAtRest in
          try inspect(database, journalMode: isAtRest ? "wal" : nil)
        }
      } catch let error as SQLiteError where DataFileError(path: path, error).reason == .interrupted {
        return try withRawCopy(of: path) { copy in
          var found = try inspect(Database(path: copy, access: .readWrite), journalMode: nil)
          found.wasInterrupted = true
          return found
        }
      }
    }
  }

  private static func inspect(_ database: Database, journalMode: String?) throws -> Inspection {
    // One read transaction, so that all numbers are of one moment.
    try database.execute("BEGIN")
    let dataVersion = try database.userVersion
    let columns = try database.tableColumns()
    let isTestmons = columns.isSuperset(of: environmentColumns)
    let countsTests = columns.contains("test_execution.environment_id")
    let total = countsTests ? try database.value("SELECT count(*) FROM test_execution").asInteger ?? 0 : 0
    var environments: [Inspection.Environment] = []
    if isTestmons {
      let count =
        countsTests ? "(SELECT count(*) FROM test_execution AS t WHERE t.environment_id = e.id)" : "0"
      environments = try database.rows(
        """
        SELECT id, environment_name, python_version, system_packages, \(count) FROM environment AS e
        WHERE environment_name IS NOT \(DeletedEnvironments.name) ORDER BY id
        """
      ).map { row in
        let name = row[1].asText ?? ""
        let parked = ParkedName(name)
        return Inspection.Environment(
          id: row[0].asInteger ?? 0, name: parked?.base ?? name, python: row[2].asText ?? "",
          packages: (row[3].asText ?? "").utf8.split(separator: UInt8(ascii: ",")).count,
          tests: Int(clamping: row[4].asInteger ?? 0), parkedSince: parked?.since)
      }
    }
    let mode = try journalMode ?? database.value("PRAGMA journal_mode").asText ?? ""
    // SQLite puts it beside the file that a symbolic link leads to.
    let walPath = SymbolicLink.resolved(database.path) + "-wal"
    let unusedPages = try database.value("PRAGMA freelist_count").asInteger ?? 0
    let pageSize = try database.value("PRAGMA page_size").asInteger ?? 0
    return Inspection(
      size: size(of: database.path), walSize: size(of: walPath), dataVersion: dataVersion,
      journalMode: mode, isEmpty: try database.value("SELECT count(*) FROM sqlite_master") == .integer(0),
      isTestmons: isTestmons, unusedSize: unusedPages.multipliedReportingOverflow(by: pageSize).partialValue,
      environments: environments, tests: Int(clamping: total))
  }

  private static let environmentColumns = [
    "environment.id", "environment.environment_name", "environment.system_packages", "environment.python_version",
  ]

  private static func size(of path: String) -> Int64 {
    if case .regular(let size) = FileKind(path: path) { size } else { 0 }
  }
}
