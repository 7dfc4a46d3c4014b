import CSQLite

/// A prepared statement, used once and always finalized.
struct Statement: ~Copyable {
  private let database: Database
  private let handle: OpaquePointer
  private let sql: String

  init(_ sql: String, of database: Database) throws(SQLiteError) {
    var prepared: OpaquePointer?
    let code = sqlite3_prepare_v2(database.handle, sql, -1, &prepared, nil)
    guard code == SQLITE_OK else { throw database.error(code, sql: sql) }
    guard let prepared else {
      throw SQLiteError(extendedCode: SQLITE_MISUSE, message: "no statement", sql: sql, path: database.path)
    }
    self.database = database
    self.handle = prepared
    self.sql = sql
  }

  deinit {
    sqlite3_finalize(handle)
  }

  func run(_ parameters: [Value]) throws(SQLiteError) -> [Row] {
    var position: Int32 = 0
    for value in parameters {
      position += 1
      let code = bind(value, at: position)
      guard code == SQLITE_OK else { throw database.error(code, sql: sql) }
    }
    var rows: [Row] = []
    while true {
      switch sqlite3_step(handle) {
      case SQLITE_ROW: rows.append(Row(values: (0..<sqlite3_column_count(handle)).map { column($0) }))
      case SQLITE_DONE: return rows
      case let code: throw database.error(code, sql: sql)
      }
    }
  }

  private func bind(_ value: Value, at position: Int32) -> Int32 {
    // SQLITE_TRANSIENT: a cast that Swift doesn't import; SQLite copies the bytes before the call returns.
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    switch value {
    case .null: return sqlite3_bind_null(handle, position)
    case .integer(let integer): return sqlite3_bind_int64(handle, position, integer)
    case .real(let real): return sqlite3_bind_double(handle, position, real)
    case .text(var text):
      return text.withUTF8 { bytes in
        // An empty buffer may have no address, and a missing address means NULL to SQLite.
        guard let start = bytes.baseAddress else { return sqlite3_bind_text(handle, position, "", 0, transient) }
        return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
          sqlite3_bind_text64(handle, position, $0, sqlite3_uint64(bytes.count), transient, UInt8(SQLITE_UTF8))
        }
      }
    case .blob(let blob):
      return blob.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return sqlite3_bind_zeroblob(handle, position, 0) }
        return sqlite3_bind_blob64(handle, position, start, sqlite3_uint64(bytes.count), transient)
      }
    }
  }

  private func column(_ index: Int32) -> Value {
    switch sqlite3_column_type(handle, index) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, index))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, index))
    case SQLITE_TEXT:
      guard let start = sqlite3_column_text(handle, index) else { return .null }
      let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, index)))
      return .text(String(decoding: bytes, as: UTF8.self))
    case SQLITE_BLOB:
      guard let start = sqlite3_column_blob(handle, index) else { return .blob([]) }
      return .blob(Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, index)))))
    default: return .null
    }
  }
}
