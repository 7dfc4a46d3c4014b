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
  ]
}
