import SQLite

/// What a data file holds, as far as its tables tell.
enum Layout: Equatable {
  /// No tables at all: a new file, or one whose maker was killed before the first of them.
  case empty
  /// Tables of the wanted data version.
  case wanted
  /// testmon's, of another data version.
  case other(Int64)

  /// - Throws: ``DataFileError`` when the tables aren't testmon's, or some that the wanted version needs are missing;
  ///   ``SQLiteError``.
  init(of database: Database, wanted version: DataVersion) throws {
    let found = try database.userVersion
    guard try database.value("SELECT count(*) FROM sqlite_master") != .integer(0) else {
      self = .empty
      return
    }
    let columns = try database.tableColumns()
    guard found == Int64(version.number) else {
      // All releases of testmon have had this table. Whatever hasn't is somebody else's data.
      guard columns.isSuperset(of: ["metadata.dataid", "metadata.data"]) else {
        throw DataFileError(path: database.path, reason: .notTestmons)
      }
      self = .other(found)
      return
    }
    let reference = try Database.inMemory()
    try reference.execute(version.schema)
    let missing = try reference.tableColumns().subtracting(columns)
    guard missing.isEmpty else {
      throw DataFileError(path: database.path, reason: .incomplete(missing: missing.sorted()))
    }
    self = .wanted
  }
}

extension Database {
  /// testmon's data version, where this is testmon's.
  var userVersion: Int64 {
    get throws(SQLiteError) { try value("PRAGMA user_version").asInteger ?? 0 }
  }

  /// Every column of every table, as `table.column`. Views don't count, nor do virtual tables: theirs can't be asked
  /// for without their module.
  func tableColumns() throws(SQLiteError) -> Set<String> {
    let rows = try rows(
      """
      SELECT m.name || '.' || c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c
      WHERE m.type = 'table' AND m.rootpage > 0
      """)
    return Set(rows.compactMap { $0[0].asText })
  }
}
