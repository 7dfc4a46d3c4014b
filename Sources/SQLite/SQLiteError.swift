import CSQLite

/// What SQLite reported, with all that is needed to tell one cause from another.
///
/// Codes: <https://sqlite.org/rescode.html>.
public struct SQLiteError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The extended result code, e.g. 2067 (`SQLITE_CONSTRAINT_UNIQUE`).
  public let extendedCode: Int32
  /// SQLite's own words for this very error.
  public let message: String
  /// The statement that failed; nil where the failure was not in a statement (opening, backup, checkpoint).
  public let sql: String?
  /// The path of the database, as the caller gave it.
  public let path: String
  /// The `errno` behind a failed open or I/O error; 0 where there is none.
  public let systemError: Int32

  public init(extendedCode: Int32, message: String, sql: String? = nil, path: String, systemError: Int32 = 0) {
    self.extendedCode = extendedCode
    self.message = message
    self.sql = sql
    self.path = path
    self.systemError = systemError
  }

  /// The primary result code: the low byte of the extended one.
  public var code: Int32 { extendedCode & 0xff }

  public var description: String {
    let statement = sql.map { ", in: \($0)" } ?? ""
    return "\(path): \(message) (SQLite error \(extendedCode))\(statement)"
  }
}

extension SQLiteError {
  public var isCorrupt: Bool { code == SQLITE_CORRUPT || code == SQLITE_NOTADB }
  public var isBusy: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED }
}
