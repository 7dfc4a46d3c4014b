import CSQLite
import Glibc

/// A connection to a SQLite database. Closed when the last reference to it goes.
///
/// Not `Sendable`: use one connection from one task at a time.
public final class Database {
  /// What a connection may do.
  public enum Access: Sendable {
    /// Reads; never writes to the database. A database in WAL mode may get its `-wal` and `-shm` files, which readers
    /// need too.
    case readOnly
    /// Reads a file that nobody can be writing to, without locks and without making any file. With a writer around,
    /// what is read may be wrong: <https://sqlite.org/uri.html#uriimmutable>.
    case immutable
    /// Reads and writes a file that is there. SQLite falls back to reading where the file can't be written: see
    /// ``Database/isReadOnly``.
    case readWrite
    /// The same, and makes the file where there is none.
    case readWriteCreate
  }

  /// The path as the caller gave it.
  public let path: String
  let handle: OpaquePointer
  private var busyWait: BusyWait?

  /// Opens a database file. The path may hold any character but NUL; it is never read as a URI or as `:memory:`.
  ///
  /// SQLite looks at the content only with the first statement, so a file that isn't a database is noticed there.
  /// - Parameter wait: for another connection's lock, before SQLITE_BUSY.
  /// - Throws: SQLITE_CANTOPEN where there is no file (but for `readWriteCreate`), for a directory, or for a FIFO, a
  ///   socket or a device, there or in a companion's place.
  public convenience init(path: String, access: Access, wait: BusyWait) throws(SQLiteError) {
    for suffix in [""] + FileKind.companionSuffixes {
      try Database.checkKind(of: path + suffix, creating: access == .readWriteCreate || suffix != "")
    }
    let plain = Database.plainName(path)
    switch access {
    case .readOnly: try self.init(name: plain, flags: SQLITE_OPEN_READONLY, path: path)
    case .readWrite: try self.init(name: plain, flags: SQLITE_OPEN_READWRITE, path: path)
    case .readWriteCreate:
      try self.init(name: plain, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, path: path)
    case .immutable:
      try self.init(
        name: Database.uri(of: plain) + "?immutable=1", flags: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, path: path)
    }
    wait.install(on: handle)
    busyWait = wait
    // Functions in the views and triggers of a file that came from elsewhere get no more rights than they need:
    // https://sqlite.org/pragma.html#pragma_trusted_schema
    try execute("PRAGMA trusted_schema = OFF")
  }

  /// The same, waiting so long for each lock.
  public convenience init(path: String, access: Access, busyTimeout: Duration = .seconds(5)) throws(SQLiteError) {
    try self.init(path: path, access: access, wait: .forEachLock(busyTimeout))
  }

  /// An empty database in memory.
  public static func inMemory() throws(SQLiteError) -> Database {
    try Database(
      name: ":memory:", flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY, path: ":memory:")
  }

  private init(name: String, flags: Int32, path: String) throws(SQLiteError) {
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(name, &opened, flags | SQLITE_OPEN_EXRESCODE, ImpatientFileSystem.name)
    guard code == SQLITE_OK, let opened else {
      defer { sqlite3_close_v2(opened) }
      throw SQLiteError(
        extendedCode: code, message: String(cString: sqlite3_errmsg(opened)), path: path,
        systemError: opened == nil ? 0 : sqlite3_system_errno(opened))
    }
    self.handle = opened
    self.path = path
  }

  deinit {
    sqlite3_close_v2(handle)
  }

  /// Whether SQLite can't write to the file: opened so, or the file system or its permissions forbid it.
  public var isReadOnly: Bool { sqlite3_db_readonly(handle, "main") == 1 }

  /// Whether the file's header says that it is in WAL mode, which an immutable connection doesn't tell otherwise:
  /// <https://sqlite.org/fileformat2.html#file_format_version_numbers>.
  ///
  /// Read through SQLite, because to open and close the file by ourselves would drop every lock that this process has
  /// on it: <https://sqlite.org/howtocorrupt.html>, 2.2.
  public var isMarkedWAL: Bool {
    var file: UnsafeMutablePointer<sqlite3_file>?
    guard sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK, let file,
      let read = file.pointee.pMethods?.pointee.xRead
    else { return false }
    var versions: [UInt8] = [0, 0]
    let (offset, wal): (Int64, UInt8) = (18, 2)
    return read(file, &versions, Int32(versions.count), offset) == SQLITE_OK && versions == [wal, wal]
  }

  /// Runs one or several statements, without parameters; results are dropped.
  public func execute(_ sql: String) throws(SQLiteError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw error(code, sql: sql) }
  }

  /// Runs a single statement with its parameters (?1, ?2, …) and returns all its rows.
  @discardableResult
  public func rows(_ sql: String, _ parameters: Value...) throws(SQLiteError) -> [Row] {
    try Statement(sql, of: self).run(parameters)
  }

  /// The first column of the first row; `.null` where there is no row.
  public func value(_ sql: String) throws(SQLiteError) -> Value {
    try rows(sql).first?[0] ?? .null
  }

  /// Runs `body` in one `BEGIN IMMEDIATE` transaction: all of it is stored, or, when it throws, nothing.
  ///
  /// Immediate, because a transaction that starts as a reader and then wants to write can fail without waiting:
  /// <https://sqlite.org/lang_transaction.html>.
  public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try execute("BEGIN IMMEDIATE")
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // Some errors have rolled back already. If this fails too, closing the connection does it.
      if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
      throw error
    }
  }

  /// Moves everything from the write-ahead log into the database file and empties the log.
  ///
  /// Does nothing for a database that isn't in WAL mode.
  /// - Throws: SQLITE_BUSY when another connection is in the way for longer than the busy timeout.
  public func checkpointTruncate() throws(SQLiteError) {
    let code = sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
    guard code == SQLITE_OK else { throw error(code) }
  }

  func error(_ code: Int32, sql: String? = nil) -> SQLiteError {
    SQLiteError(
      extendedCode: code, message: String(cString: sqlite3_errmsg(handle)), sql: sql, path: path,
      systemError: sqlite3_system_errno(handle))
  }

  private static func checkKind(of path: String, creating: Bool) throws(SQLiteError) {
    let (message, systemError): (String, Int32)
    switch FileKind(path: path) {
    case .regular: return
    case .missing where creating: return
    case .missing: (message, systemError) = ("no such file", ENOENT)
    case .directory: (message, systemError) = ("is a directory", EISDIR)
    case .special: (message, systemError) = ("not a regular file", EINVAL)
    case .inaccessible(let number): (message, systemError) = (String(cString: strerror(number)), number)
    }
    throw SQLiteError(extendedCode: SQLITE_CANTOPEN, message: message, path: path, systemError: systemError)
  }

  /// Relative names get their folder, so that nothing at the front of one has a meaning to SQLite.
  static func plainName(_ path: String) -> String {
    path.utf8.first == UInt8(ascii: "/") ? path : "./" + path
  }

  /// <https://sqlite.org/uri.html#uri_path>: every byte that isn't plain is escaped. The authority is given, and
  /// empty, so that a path that starts with two slashes doesn't name one.
  private static func uri(of path: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var escaped: [UInt8] = []
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        escaped.append(byte)
      default:
        escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    let scheme = escaped.first == UInt8(ascii: "/") ? "file://" : "file:"
    return scheme + String(decoding: escaped, as: UTF8.self)
  }
}
