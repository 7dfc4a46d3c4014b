import Testing

extension Fault {
  static let data = [
    Fault(
      "data-file", "what isn't a database is in its place",
      says: [".testmondata is damaged or isn't a SQLite database"],
      cure: .hand { patient, _ in
        try patient.run(["mv", ".testmondata", ".testmondata.corrupt"])
      }
    ) { try $0.project.write([UInt8](repeating: 0x5A, count: 8192), to: ".testmondata") }
  ]
}
