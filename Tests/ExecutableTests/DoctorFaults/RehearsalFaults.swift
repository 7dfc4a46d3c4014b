import Testing

extension Fault {
  static let rehearsal: [Fault] = [
    Fault(
      "rehearsal", "another program writes to the data file and doesn't end", says: ["is locked by another process"],
      cure: .hand { patient, _ in
        patient.kept = []
        try patient.python("sqlite3.connect('.testmondata').execute('PRAGMA journal_mode = WAL')")
      }, others: ["data-file"]
    ) { patient in
      try patient.run(["\(patient.project.environment)/bin/pytest", "--testmon", "-n", "2"])
      let program = try patient.project.start([
        "\(patient.project.environment)/bin/python", "-c",
        """
        import sqlite3, time
        connection = sqlite3.connect(".testmondata", isolation_level=None)
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN IMMEDIATE")
        print("locked", flush=True)
        time.sleep(1000)
        """,
      ])
      try program.waitForOutput("locked")
      patient.kept = [program]
    }
  ]
}

extension Patient {
  /// Runs a statement of Python, for which sqlite3 is imported.
  func python(_ statement: String) throws {
    try run(["\(project.environment)/bin/python", "-c", "import sqlite3; \(statement)"])
  }
}
