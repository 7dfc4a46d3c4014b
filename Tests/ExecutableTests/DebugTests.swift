import Testing

/// What `TESTMON_XDIST_DEBUG` shows: every process of a run, each line in one form.
@Suite struct DebugTests {
  private struct Line {
    let role: String
    let message: String
  }

  /// All lines about debugging; each must have the form `testmon-xdist: debug: 15:04:05.123 worker gw0[4711]: MESSAGE`.
  private func lines(_ outcome: Outcome) throws -> [Line] {
    let form = #/testmon-xdist: debug: [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3} ([a-z]+( gw[0-9]+)?)\[[0-9]+\]: (.+)/#
    return try outcome.text.split(separator: "\n").filter { $0.contains("debug:") }.map { line in
      let match = try #require(line.wholeMatch(of: form), "no debug line: \(line)")
      return Line(role: String(match.1), message: String(match.3))
    }
  }

  private func makeProject() throws -> Project {
    let project = try Project()
    try project.addFourTests()
    return project
  }

  @Test func everyProcessTellsWhatItDoes() throws {
    let project = try makeProject()
    project.variables["TESTMON_XDIST_DEBUG"] = "true"
    let outcome = try project.pytest(.plugin, "--testmon", "-n", "2")
    #expect(outcome.status == 0 && outcome.passed == 4, "\(outcome)")
    let lines = try lines(outcome)
    let roles = Set(lines.map(\.role))
    #expect(
      roles.isSuperset(of: ["pytest", "controller", "worker gw0", "worker gw1", "pytest gw0", "pytest gw1"]), "\(roles)"
    )

    // One process after the other, as one waits for the other.
    let folder = "\(project.rootdir)/.testmon_xdist"
    var rest = lines[...]
    for (role, message) in [
      ("pytest", "starting "), ("controller", "testmon-xdist 0.1.0 in \(project.rootdir)"),
      ("controller", "made \(folder)"), ("controller", "locked \(folder)/lock after "),
      ("controller", "written: \(folder)/lock, "), ("controller", "written and renamed: \(folder)/.gitignore, "),
      ("controller", "preparing \(project.rootdir)/.testmondata"), ("controller", "environment 1 of "),
      ("pytest", "the controller says ready, after "), ("pytest", "starting worker gw1 "),
      ("worker", "written and renamed: \(folder)/worker_"), ("controller", "pytest says farewell, status 0"),
      ("controller", "removed \(folder)/controller_ready.json"), ("controller", "removed \(folder)/worker_gw0_ready"),
      ("controller", "removed \(folder)/lock"), ("controller", "removed \(folder)"),
      ("pytest", "the controller ended with status 0, after "),
    ] {
      let place = rest.firstIndex { $0.role.hasPrefix(role) && $0.message.hasPrefix(message) }
      let found = try #require(place, "no '\(role): \(message)' after '\(rest.first?.message ?? "")': \(outcome)")
      rest = rest[(found + 1)...]
    }
  }

  /// A settings file says so, too: the processes that don't read it are told.
  @Test func aSettingsFileSwitchesItOnForAll() throws {
    let project = try makeProject()
    try project.write("debug = true\n", to: "testmon-xdist.toml")
    let outcome = try project.pytest(.wrapper, "--testmon", "-n", "1")
    let lines = try lines(outcome)
    #expect(Set(lines.map(\.role)).isSuperset(of: ["pytest", "controller", "worker gw0", "pytest gw0"]), "\(outcome)")
    #expect(lines.contains { $0.role == "controller" && $0.message.hasPrefix("starting ") }, "\(outcome)")
  }

  @Test func anErrorHasItsDetails() throws {
    let project = try Project()
    try project.write(String(repeating: "no database ", count: 1000), to: ".testmondata")
    let outcome = try project.testmonXdist("controller", "--detach", "--debug")
    #expect(outcome.status == 5, "\(outcome)")
    #expect(try lines(outcome).contains { $0.message.contains("SQLite error 26") }, "\(outcome)")
  }
}
