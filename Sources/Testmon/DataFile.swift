import CSQLite
import FoundationEssentials
import Glibc
import SQLite

/// testmon's data file, `.testmondata` by default.
///
/// Every function takes its path, opens it, and has closed it again when it returns. A symbolic link is followed.
public enum DataFile {
  /// Makes everything in the data file that a run needs before a worker looks at it: the file, its tables, WAL mode,
  /// and *exactly one* row with the environment's name, the one with these packages and this Python.
  ///
  /// Exactly one, because no release of testmon looks for the row that matches: up to 2.1.3 it takes the first of that
  /// name that an index yields, since 2.1.4 the newest, and 2.2.0 deletes that one, with all its tests, when it
  /// doesn't match; a worker that doesn't get a match inserts, which its read-only connection can't. Other rows of the
  /// name are parked: renamed as ``ParkedName`` says, their tests kept, and renamed back when their packages return.
  ///
  /// All of it is one transaction: a process killed at any point leaves the file as it was or as it should be. Two things
  /// can't be part of it, and are transactions of SQLite's own: the switch to WAL mode before it, which is no change of
  /// what the file holds, and, where a file of another data version was replaced, VACUUM after it. Where everything is
  /// right already, nothing is written.
  ///
  /// A file of another data version is first kept aside as `PATH.vN.bak` (N: its own version), in place of an older
  /// such backup; testmon would delete it.
  ///
  /// - Parameters:
  ///   - dataVersion: the installed testmon's own.
  ///   - keep: how many rows of the environment's name stay, the active one included; of the rest, those that were
  ///     parked first are given up: ``purge(at:limit:step:)`` deletes them with their tests.
  ///   - refusingNewer: leave a file of a newer data version than any known as it is, and throw.
  ///   - markingTests: make the table in which the tests that coordinated runs record are marked (``TestMarks``).
  ///   - busyTimeout: how long to wait for other processes' locks, all of them together.
  /// - Throws: ``DataFileError``; with an unknown `dataVersion` before anything is touched.
  public static func prepare(
    at path: String, dataVersion: Int, environment: EnvironmentKey, keep: Int, now: Date,
    refusingNewer: Bool = false, markingTests: Bool = false, busyTimeout: Duration = .seconds(3)
  ) throws(DataFileError) -> Preparation {
    guard let version = DataVersion(number: dataVersion) else {
      throw DataFileError(path: path, reason: .unknownDataVersion(dataVersion))
    }
    return try DataFileError.wrapping(path) {
      try DataFileError.checkKind(of: path, mayBeMissing: true)
      let wait = BusyWait.inAll(busyTimeout)
      let database = try openOrCreate(path, wait)
      if database.isReadOnly { throw DataFileError(path: path, reason: .readOnly) }
      // Looked at before WAL mode is set: that is a change already, and another program's file is never changed.
      let first = try Layout(of: database, wanted: version)
      if refusingNewer, case .other(let found) = first, DataVersion.isNewer(found) {
        throw DataFileError(path: path, reason: .newerDataVersion(found))
      }
      let mode = try database.value("PRAGMA journal_mode = WAL").asText ?? ""
      guard mode == "wal" else { throw DataFileError(path: path, reason: .notWAL(mode: mode)) }

      let preparation = try database.transaction {
        // Another process may have been faster; from here on none can.
        removeUnfinishedBackup(of: path)
        let layout = try Layout(of: database, wanted: version)
        var keptAside: Preparation.KeptAside?
        if case .other(let found) = layout {
          keptAside = .init(path: try keepAside(path, version: found, wait), dataVersion: found)
          try database.dropEverything()
        }
        if layout != .wanted {
          try database.execute(version.schema)
          try database.execute("PRAGMA user_version = \(version.number)")
        }
        let row = try EnvironmentRows(database).activate(environment, keep: keep, now: now)
        let marks = TestMarks(database)
        if markingTests { try marks.makePossible() }
        return Preparation(
          environmentID: row.id, packagesChanged: row.packagesChanged, created: layout != .wanted,
          pickedUpAgain: row.pickedUpAgain, marksTests: try marks.arePossible, replaced: row.replaced,
          keptAside: keptAside)
      }
      // Gives back what the dropped tables took. The file is right without it.
      if preparation.keptAside != nil { try? database.execute("VACUUM") }
      return preparation
    }
  }

  private static func openOrCreate(_ path: String, _ wait: BusyWait) throws -> Database {
    do {
      return try Database(path: path, access: .readWriteCreate, wait: wait)
    } catch {
      // Where SQLite may not make a file it tries to read it, and then reports that there is none.
      let folder = folder(of: path)
      guard error.code == SQLITE_CANTOPEN, FileKind(path: path) == .missing else { throw error }
      guard FileKind(path: folder) == .directory else {
        throw DataFileError(path: path, reason: .noFolder, underlying: error)
      }
      guard access(folder, W_OK) == 0 else { throw DataFileError(path: path, reason: .readOnly, underlying: error) }
      throw error
    }
  }

  static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Moves everything from `-wal` into the data file, so that this file alone has all the data: a CI cache may keep no
  /// other.
  /// - Throws: ``DataFileError``; `.locked` while another connection reads or writes.
  public static func fold(at path: String, busyTimeout: Duration = .seconds(10)) throws(DataFileError) {
    try DataFileError.wrapping(path) {
      try DataFileError.checkKind(of: path)
      try fold(Database(path: path, access: .readWrite, busyTimeout: busyTimeout))
    }
  }

  private static func fold(_ database: Database) throws {
    // Until the file has been read SQLite doesn't know that it has a write-ahead log, and a checkpoint does nothing.
    _ = try database.userVersion
    try database.checkpointTruncate()
  }

  /// Does at the end of a run what `purge` and `fold` do, over one connection, and waits for no other process.
  /// - Returns: whether all environments that aren't kept have been deleted.
  /// - Throws: ``DataFileError`` of `purge`; what can't be folded now is so by whoever closes the file last.
  public static func tidy(at path: String) throws(DataFileError) -> Bool {
    try DataFileError.wrapping(path) {
      try DataFileError.checkKind(of: path)
      let database = try Database(path: path, access: .readWrite, busyTimeout: .zero)
      // Whoever keeps the data file alone, as CI caches do, then has everything.
      defer { try? fold(database) }
      return try purge(database)
    }
  }

  /// Checks for a worker that the file is of the right data version and in WAL mode, and has the environment.
  /// Writes nothing.
  /// - Returns: the environment, as the file has it.
  /// - Throws: ``DataFileError``.
  public static func verify(
    at path: String, dataVersion: Int, environmentID: Int64, busyTimeout: Duration = .seconds(10)
  ) throws(DataFileError) -> EnvironmentKey {
    try DataFileError.wrapping(path) {
      try DataFileError.checkKind(of: path)
      let database = try Database(path: path, access: .readOnly, busyTimeout: busyTimeout)
      let found = try database.userVersion
      guard found == Int64(dataVersion) else {
        throw DataFileError(path: path, reason: .otherDataVersion(found: found, expected: dataVersion))
      }
      let mode = try database.value("PRAGMA journal_mode").asText ?? ""
      guard mode == "wal" else { throw DataFileError(path: path, reason: .notWAL(mode: mode)) }
      let rows = try database.rows(
        "SELECT environment_name, system_packages, python_version FROM environment WHERE id = ?1",
        .integer(environmentID))
      guard let row = rows.first else { throw DataFileError(path: path, reason: .noEnvironment(environmentID)) }
      return EnvironmentKey(
        name: row[0].asText ?? "", packages: row[1].asText ?? "", python: row[2].asText ?? "")
    }
  }
}
