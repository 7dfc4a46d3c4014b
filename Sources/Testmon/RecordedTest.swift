import SQLite

extension DataFile {
  /// The files that a test uses, by what the data file has of it in the environments that are in use. Changes nothing.
  /// - Returns: sorted; nil where the test isn't known.
  /// - Throws: ``DataFileError``; `.missing` where there is no file.
  public static func files(of test: String, at path: String) throws(DataFileError) -> [String]? {
    try DataFileError.wrapping(path) {
      try DataFileError.checkKind(of: path)
      return try Database.look(at: path) { database, _ in
        let rows = try database.rows(
          """
          SELECT DISTINCT environment_name, filename FROM test_execution AS t
          JOIN environment AS e ON e.id = t.environment_id
          LEFT JOIN test_execution_file_fp ON test_execution_id = t.id
          LEFT JOIN file_fp ON file_fp.id = fingerprint_id
          WHERE test_name = ?1
          """, .text(test))
        let active = rows.filter { $0[0].asText.map { ParkedName($0) == nil } ?? false }
        return active.isEmpty ? nil : Set(active.compactMap { $0[1].asText }).sorted()
      }
    }
  }
}
