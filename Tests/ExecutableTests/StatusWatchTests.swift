import Glibc
import Testing

/// `status --watch` beside real runs: on a terminal, and elsewhere.
@Suite struct StatusWatchTests {
  private let project: Project

  init() throws {
    project = try Project()
    try project.addWaitingTest()
  }

  private func startWatch(_ more: String...) throws -> Process {
    try project.startTestmonXdist(["status", "--watch"] + more)
  }

  /// How far the tests are is told while they run, in the order in which they end.
  @Test(arguments: [["--testmon"], ["--testmon", "-n", "2"]])
  func aLineForEachChange(arguments: [String]) throws {
    let watch = try startWatch()
    try watch.waitForOutput("none in")
    let pytest = try project.startPytest(.plugin, arguments)
    try project.waitForFile("started")
    try watch.waitForOutput("4 of 5 done")
    let status = try project.testmonXdist("status")
    #expect(status.output.contains("  tests        4 of 5 done"), "\(status)")
    try project.write("", to: "go")
    let outcome = try pytest.finish()
    #expect(outcome.status == 0 && outcome.passed == 5 && outcome.alarms == [], "\(outcome)")
    try watch.waitForOutput("has ended")
    watch.send(SIGTERM)
    let watched = try watch.finish()
    #expect(watched.status == 0 && watched.errors == "" && !watched.output.contains("\u{1B}"), "\(watched)")
    let changes = watched.output.split(separator: "\n").drop { !$0.contains("has begun") }
    let kinds = ["has begun, held by pytest", "data ready: environment 1 (default)", "tests: 4 of 5", "has ended"]
    #expect(kinds.allSatisfy { kind in changes.contains { $0.contains(kind) } }, "\(watched)")
    #expect(changes.allSatisfy { $0.dropFirst(2).first == ":" && $0.dropFirst(5).first == ":" }, "\(watched)")
    if arguments.contains("-n") { #expect(changes.contains { $0.contains("worker gw1 ready after") }, "\(watched)") }
  }

  @Test func onATerminalItIsRedrawnInPlace() throws {
    let watch = try project.startOnTerminal(
      [Surroundings.executable, "status", "--watch"], rows: 24, columns: 80, ["NO_COLOR": "1"])
    try watch.waitForOutput("no run; the next one is shown as soon as it begins")
    let pytest = try project.startPytest(.plugin, ["--testmon", "-n", "2"])
    try project.waitForFile("started")
    try watch.waitForOutput("4 of 5 done")
    try watch.waitForOutput("]  80 %")
    watch.send(SIGUSR1)
    // The heading reaches to the right of the wider terminal.
    try watch.waitForOutput(String(repeating: " ", count: 90))
    watch.send(SIGINT)
    let outcome = try watch.finish()
    try project.write("", to: "go")
    try pytest.finish()
    #expect(outcome.status == 0, "\(outcome)")
    // Begun once, ended once, with the cursor and the wrap at the right back; then what was to be seen last.
    let parts = outcome.output.components(between: "\u{1B}[?1049h", and: "\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l")
    let (before, screen, after) = try #require(parts, "\(outcome)")
    #expect(before == "" && screen.hasPrefix("\u{1B}[?25l\u{1B}[?7l\u{1B}[H"), "\(outcome)")
    #expect(!screen.contains("\u{1B}[1m"), "NO_COLOR is set: \(outcome)")
    #expect(after.contains("  tests        4 of 5 done") && !after.contains("\u{1B}"), "\(outcome)")
  }

  @Test func aDumbTerminalIsWrittenLineByLine() throws {
    let watch = try project.startOnTerminal(
      [Surroundings.executable, "status", "--watch"], rows: 24, columns: 80, ["TERM": "dumb"])
    try watch.waitForOutput("none in")
    try project.holdARunFromElsewhere()
    try watch.waitForOutput("data ready: environment 1 (default)")
    watch.send(SIGINT)
    let outcome = try watch.finish()
    #expect(outcome.status == 0 && !outcome.output.contains("\u{1B}"), "\(outcome)")
  }

  /// It has nothing to say to, and would wait for ever.
  @Test func itEndsWithItsReader() throws {
    let outcome = try project.shell("testmon-xdist status --watch | head -n 1")
    #expect(outcome.status == 0 && outcome.output == "Run\n" && outcome.errors == "", "\(outcome)")
  }

  @Test func theExitStatusTellsOfTheDataFile() throws {
    try project.write("no database, and more than enough bytes to see that", to: ".testmondata")
    let watch = try startWatch("--json")
    try watch.waitForOutput("is damaged")
    watch.send(SIGINT)
    #expect(try watch.finish().status == 5)
  }

  @Test func aRunThatDiesIsToldAtOnce() throws {
    try project.holdARunFromElsewhere()
    let holder = try #require(project.status().run?.controller?.pid)
    let watch = try startWatch()
    try watch.waitForOutput("live, data ready; 'testmon-xdist cleanup' ends it")
    kill(holder, SIGKILL)
    try watch.waitForOutput("is dead; what it left is removed by the next run, or now: testmon-xdist cleanup")
    watch.send(SIGTERM)
    #expect(try watch.finish().status == 0)
  }
}

extension String {
  /// What stands before, between and after two texts that are there once.
  fileprivate func components(between first: String, and second: String) -> (String, String, String)? {
    guard let begin = firstRange(of: first), let end = firstRange(of: second), begin.upperBound <= end.lowerBound else {
      return nil
    }
    let rest = self[end.upperBound...]
    guard !rest.contains(first) && !rest.contains(second) else { return nil }
    return (String(self[..<begin.lowerBound]), String(self[begin.upperBound..<end.lowerBound]), String(rest))
  }
}
