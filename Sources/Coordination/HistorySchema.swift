extension History {
  /// The statements that lead from one schema version to the next. The version (`PRAGMA user_version`) is how many of
  /// them a file has had. Never change one that has been released: add one.
  static let migrations = [
    // `number` is the order in which runs began, whatever the clock said.
    """
    CREATE TABLE runs (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      run_id TEXT NOT NULL UNIQUE,
      started_at REAL NOT NULL,
      ended_at REAL,
      version TEXT NOT NULL,
      kind TEXT NOT NULL,
      owner_pid INTEGER NOT NULL,
      environment_name TEXT NOT NULL,
      python_version TEXT NOT NULL,
      data_version INTEGER NOT NULL,
      packages_changed INTEGER NOT NULL,
      expected_workers INTEGER,
      outcome TEXT,
      exit_status INTEGER
    );
    CREATE TABLE workers (
      run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
      worker_id TEXT NOT NULL,
      pid INTEGER NOT NULL,
      ready_after_ms INTEGER NOT NULL,
      PRIMARY KEY (run_id, worker_id)
    );
    """,
    // What tests and workers took: see Measurement. Times are in seconds.
    """
    ALTER TABLE runs ADD COLUMN recording REAL;
    ALTER TABLE runs ADD COLUMN crashed INTEGER;
    CREATE TABLE measurements (
      run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
      process TEXT NOT NULL,
      start REAL NOT NULL,
      collection REAL NOT NULL,
      collected INTEGER NOT NULL,
      tests INTEGER NOT NULL,
      test_seconds REAL NOT NULL,
      processor REAL NOT NULL,
      queued REAL NOT NULL,
      PRIMARY KEY (run_id, process)
    );
    """,
    // Why tests ran, and what was not needed. `saved` is an estimate in seconds; all are NULL where nobody told.
    """
    ALTER TABLE runs ADD COLUMN all_tests INTEGER;
    ALTER TABLE runs ADD COLUMN ran INTEGER;
    ALTER TABLE runs ADD COLUMN not_needed INTEGER;
    ALTER TABLE runs ADD COLUMN saved REAL;
    CREATE TABLE causes (
      id INTEGER PRIMARY KEY,
      run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
      kind TEXT NOT NULL,
      file TEXT,
      name TEXT,
      tests INTEGER NOT NULL
    );
    CREATE INDEX causes_of_run ON causes (run_id);
    CREATE TABLE tests (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE caused (
      cause_id INTEGER NOT NULL REFERENCES causes (id) ON DELETE CASCADE,
      test_id INTEGER NOT NULL,
      PRIMARY KEY (cause_id, test_id)
    ) WITHOUT ROWID;
    """,
  ]

  /// From which schema version on a part is there.
  static let measurementsSince = 2
  static let causesSince = 3
}
