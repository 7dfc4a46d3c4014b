/// testmon's tables, version by version: what is common to several is written once. The spacing is testmon's own, so
/// that `sqlite_master` is equal too.
extension DataVersion {
  /// As testmon 2.0.0 to 2.0.2 make it.
  static let v8 = DataVersion(
    number: 8, releases: "2.0.0", "2.0.2",
    schema: metadata + environment + testExecution()
      + """
      CREATE TABLE mcall_id (id INTEGER PRIMARY KEY ASC, exec_id INTEGER);
      CREATE TABLE temp_files_checksums (mcall_id INTEGER, filename TEXT, checksum TEXT);
      CREATE INDEX temp_files_checksums_mcall ON temp_files_checksums (mcall_ID);
      CREATE TABLE temp_filenames (mcall_id INTEGER, filename TEXT);
      CREATE INDEX temp_filenames_mcall ON temp_filenames (mcall_id);

      """ + fingerprints(hash: "checksum", unique: "filename, method_checksums")
      + dependencies(afterFirstKey: "                "))

  /// As testmon 2.0.5 and 2.0.6 make it.
  static let v9 = DataVersion(
    number: 9, releases: "2.0.5", "2.0.6",
    schema: metadata + environment + testExecution()
      + """
      CREATE TABLE temp_files_checksums (exec_id INTEGER, filename TEXT, checksum TEXT);
      CREATE INDEX temp_files_checksums_mcall ON temp_files_checksums (exec_id);
      CREATE TABLE temp_filenames (exec_id INTEGER, filename TEXT);
      CREATE INDEX temp_filenames_eid ON temp_filenames (exec_id);

      """ + fingerprints(hash: "checksum", unique: "filename, method_checksums") + dependencies())

  /// As testmon 2.0.7 to 2.0.12 make it.
  static let v12 = DataVersion(
    number: 12, releases: "2.0.7", "2.0.12",
    schema: metadata + environment + testExecution()
      + """
      CREATE TABLE changed_files_fshas (exec_id INTEGER, filename TEXT, fsha TEXT);
      CREATE INDEX changed_files_fshas_mcall ON changed_files_fshas (exec_id, filename, fsha);
      CREATE TABLE changed_files_mhashes (exec_id INTEGER, filename TEXT, mhashes BLOB);
      CREATE INDEX changed_files_mhashes_eid ON changed_files_mhashes (exec_id);

      """ + fingerprints(hash: "fsha", unique: "filename, fsha, method_checksums") + dependencies() + suites())

  /// As testmon 2.0.13 to 2.1.4 make it: what it selects by is in temporary tables from here on.
  static let v13 = DataVersion(
    number: 13, releases: "2.0.13", "2.1.4",
    schema: metadata + environment + testExecution()
      + fingerprints(hash: "fsha", unique: "filename, fsha, method_checksums") + dependencies() + suites())

  /// As testmon 2.2.0 makes it.
  static let v14 = DataVersion(
    number: 14, releases: "2.2.0", "2.2.0",
    schema: metadata + environment + testExecution(onDelete: " ON DELETE CASCADE")
      + fingerprints(hash: "fsha", unique: "filename, fsha, method_checksums")
      + dependencies(onDelete: " ON DELETE CASCADE") + suites(onDelete: " ON DELETE CASCADE"))

  private static let metadata = """
    CREATE TABLE metadata (dataid TEXT PRIMARY KEY, data TEXT);

    """

  private static let environment = """
    CREATE TABLE environment (
                    id INTEGER PRIMARY KEY ASC,
                    environment_name TEXT,
                    system_packages TEXT,
                    python_version TEXT,
                    UNIQUE (environment_name, system_packages, python_version)
                );

    """

  private static func testExecution(onDelete: String = "") -> String {
    """
    CREATE TABLE test_execution (
                    id INTEGER PRIMARY KEY ASC,
                    environment_id INTEGER,
                    test_name TEXT,
                    duration FLOAT,
                    failed BIT,
                    forced BIT,
                    FOREIGN KEY(environment_id) REFERENCES environment(id)\(onDelete));
    CREATE INDEX test_execution_fk_name ON test_execution (environment_id, test_name);

    """
  }

  private static func fingerprints(hash: String, unique: String) -> String {
    """
    CREATE TABLE file_fp
                (
                    id INTEGER PRIMARY KEY,
                    filename TEXT,
                    method_checksums BLOB,
                    mtime FLOAT,
                    \(hash) TEXT,
                    UNIQUE (\(unique))
                );

    """
  }

  /// - Parameter afterFirstKey: spaces at the end of a line, which 2.0.0 has there.
  private static func dependencies(onDelete: String = "", afterFirstKey: String = "") -> String {
    """
    CREATE TABLE test_execution_file_fp (
                    test_execution_id INTEGER,
                    fingerprint_id INTEGER,
                    FOREIGN KEY(test_execution_id) REFERENCES test_execution(id)\(onDelete),\(afterFirstKey)
                    FOREIGN KEY(fingerprint_id) REFERENCES file_fp(id)
                );
    CREATE INDEX test_execution_file_fp_both ON test_execution_file_fp (test_execution_id, fingerprint_id);

    """
  }

  private static func suites(onDelete: String = "") -> String {
    """
    CREATE TABLE suite_execution_file_fsha (
                    suite_execution_id INTEGER,
                    filename TEXT,
                    fsha text,
                    FOREIGN KEY(suite_execution_id) REFERENCES suite_execution(id)\(onDelete)
                    );
    CREATE UNIQUE INDEX sefch_suite_id_filename_sha ON suite_execution_file_fsha(suite_execution_id, filename, fsha);
    """
  }
}
