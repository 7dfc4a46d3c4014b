import Testing

extension Project {
  /// What must hold in any company, of a project with the forty tests: first all of them run, then none, and after an
  /// edit those of `add`; without an alarm, and leaving nothing.
  /// - Parameters:
  ///   - others: how many more tests pass the first time.
  ///   - affected: how many of those the edit affects.
  ///   - failing: how many more tests there are that always fail, and so always run.
  /// - Returns: how the three runs ended.
  @discardableResult
  func checkSelection(
    others: Int = 0, affected: Int = 0, failing: Int = 0, sourceLocation: SourceLocation = #_sourceLocation,
    by run: () throws -> Outcome
  ) throws -> [Outcome] {
    try [("first", 40 + others), ("again", 0), ("edit", 20 + affected)].map { step, passed in
      if step == "edit" { try editAdd("b + a") }
      let outcome = try run()
      let context: Comment = "\(step): \(outcome)"
      #expect(outcome.status == (failing > 0 ? 1 : 0), context, sourceLocation: sourceLocation)
      #expect(outcome.passed ?? 0 == passed && outcome.failed ?? 0 == failing, context, sourceLocation: sourceLocation)
      #expect(outcome.alarms == [] && !hasRunFolder, context, sourceLocation: sourceLocation)
      return outcome
    }
  }

  /// Makes another pytest plugin importable, which activates it.
  func add(_ wheel: Surroundings.Wheel) throws { pythonPath.append(try Surroundings.installed(wheel)) }
}

extension Outcome {
  /// The line of the header that says that a run is coordinated.
  var isCoordinated: Bool { output.contains("testmon-xdist: 0.1.0, environment ") }
}
