extension DataVersion {
  /// As testmon 2.2.0 makes it: version 13 with `ON DELETE CASCADE`.
  ///
  /// The spacing is testmon's own, so that `sqlite_master` is equal too.
  static let v14 = DataVersion(
    number: 14,
    schema: """
      CREATE TABLE metadata (dataid TEXT PRIMARY KEY, data TEXT);
      CREATE TABLE environment (
                      id INTEGER PRIMARY KEY ASC,
                      environment_name TEXT,
                      system_packages TEXT,
                      python_version TEXT,
                      UNIQUE (environment_name, system_packages, python_version)
                  );
      CREATE TABLE test_execution (
                      id INTEGER PRIMARY KEY ASC,
                      environment_id INTEGER,
                      test_name TEXT,
                      duration FLOAT,
                      failed BIT,
                      forced BIT,
                      FOREIGN KEY(environment_id) REFERENCES environment(id) ON DELETE CASCADE);
      CREATE INDEX test_execution_fk_name ON test_execution (environment_id, test_name);
      CREATE TABLE file_fp
                  (
                      id INTEGER PRIMARY KEY,
                      filename TEXT,
                      method_checksums BLOB,
                      mtime FLOAT,
                      fsha TEXT,
                      UNIQUE (filename, fsha, method_checksums)
                  );
      CREATE TABLE test_execution_file_fp (
                      test_execution_id INTEGER,
                      fingerprint_id INTEGER,
                      FOREIGN KEY(test_execution_id) REFERENCES test_execution(id) ON DELETE CASCADE,
                      FOREIGN KEY(fingerprint_id) REFERENCES file_fp(id)
                  );
      CREATE INDEX test_execution_file_fp_both ON test_execution_file_fp (test_execution_id, fingerprint_id);
      CREATE TABLE suite_execution_file_fsha (
                      suite_execution_id INTEGER,
                      filename TEXT,
                      fsha text,
                      FOREIGN KEY(suite_execution_id) REFERENCES suite_execution(id) ON DELETE CASCADE
                      );
      CREATE UNIQUE INDEX sefch_suite_id_filename_sha ON suite_execution_file_fsha(suite_execution_id, filename, fsha);
      """)
}
