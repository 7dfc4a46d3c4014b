import Testing

extension Fault {
  static let rehearsal: [Fault] = [
    Fault(
      "rehearsal", "the data file refuses the environment's row", says: ["a run couldn't begin now", "no more rows"],
      cure: .hand { patient, _ in try patient.execute("DROP TRIGGER no_rows") }
    ) { patient in
      try patient.run([try Surroundings.executable, "controller", "--", "true"])
      try patient.execute(
        "CREATE TRIGGER no_rows BEFORE INSERT ON environment BEGIN SELECT RAISE(ABORT, 'no more rows'); END")
      try patient.configure("environment_expression = 'another'")
    }
  ]
}

extension Patient {
  /// Executes a statement in the data file.
  func execute(_ statement: String) throws {
    let program = "import sqlite3, sys; sqlite3.connect('.testmondata').execute(sys.argv[1])"
    try run(["\(project.environment)/bin/python", "-c", program, statement])
  }
}
