import SQLite

/// Which tests coordinated runs have recorded: a table of our own in testmon's data file, with the ids of their rows.
///
/// testmon by itself may have recorded by a core of coverage's that can't tell tests apart, and its tables don't say so.
/// The plugin marks each row that a coordinated run inserts; whoever records the test next deletes that row and inserts
/// another, which may get the same id. So the mark goes with the row, by a trigger: a foreign key counts only for
/// connections that ask for it, as testmon's do and ours don't.
struct TestMarks {
  private let database: Database

  init(_ database: Database) { self.database = database }

  var arePossible: Bool {
    get throws(SQLiteError) {
      try database.value("SELECT count(*) FROM sqlite_master WHERE name = 'testmon_xdist_recorded'") == .integer(1)
    }
  }

  /// Writes only where the table isn't there yet. Used inside a transaction.
  func makePossible() throws(SQLiteError) {
    try database.execute(
      """
      CREATE TABLE IF NOT EXISTS testmon_xdist_recorded (test_execution_id INTEGER PRIMARY KEY);
      CREATE TRIGGER IF NOT EXISTS testmon_xdist_forget AFTER DELETE ON test_execution BEGIN
        DELETE FROM testmon_xdist_recorded WHERE test_execution_id = old.id;
      END;
      """)
  }
}
