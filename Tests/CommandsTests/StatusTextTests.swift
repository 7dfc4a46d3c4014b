import CommandLine
import Coordination
import Platform
import Testing

@testable import Commands

@Suite struct StatusTextTests {
  private static let controller = ProcessIdentity(pid: 11, startTime: 1, bootID: "boot", pidNamespace: "pid")
  private static let owner = ProcessIdentity(pid: 22, startTime: 1, bootID: "boot", pidNamespace: "pid")

  private func lines(
    run: StatusReport.CurrentRun? = nil, file: StatusReport.DataFile = .missing, history: [StatusReport.PastRun]? = nil,
    color: Bool = false, locale: String = "C.UTF-8"
  ) -> [String] {
    let report = StatusReport(rootdir: "/project", run: run, dataFile: file, history: history)
    return StatusText(report, Style(isColored: color, marks: Marks(environment: ["LANG": locale])), now: 1100).lines
  }

  private func run(
    _ state: StatusReport.CurrentRun.State, environmentID: Int64? = 3, expected: Int? = 2,
    workers: [StatusReport.Worker] = [StatusReport.Worker(id: "gw0", pid: 33, readyAfterMilliseconds: 12)]
  ) -> StatusReport.CurrentRun {
    StatusReport.CurrentRun(
      id: "0123", kind: .command, state: state, since: 1000, controller: Self.controller, owner: Self.owner,
      environmentID: environmentID, environmentName: "default", pythonVersion: "3.12.1", expectedWorkers: expected,
      workers: workers)
  }

  @Test func nothingAtAll() {
    #expect(lines() == ["Run", "  none in /project", "", "Data file", "  none yet: /project/.testmondata"])
  }

  @Test func aRunThatIsReady() {
    #expect(
      lines(run: run(.ready)).prefix(8) == [
        "Run",
        "  state        live, data ready",
        "  id           0123",
        "  held by      testmon-xdist controller -- ... (pid 22, controller 11)",
        "  begun        1m 40s ago",
        "  environment  3 (default), Python 3.12.1",
        "  workers      1 of 2 ready",
        "    gw0  after 12 ms  pid 33",
      ])
  }

  @Test func workersThatNobodyCounted() {
    #expect(lines(run: run(.ready, expected: 0)).contains("  workers      1 ready"))
    #expect(lines(run: run(.ready, expected: nil, workers: [])).contains("  workers      0 ready"))
  }

  @Test func aRunWithoutData() {
    let preparing = lines(run: run(.preparing, environmentID: nil, workers: []))
    #expect(preparing.contains("  state    live, data not ready yet"))
    #expect(!preparing.contains { $0.contains("workers") })
    #expect(lines(run: run(.dead)).contains { $0.contains("dead") && $0.contains("testmon-xdist cleanup") })
  }

  @Test func aPlan() {
    let files = (1...12).map { StatusReport.Plan.ChangedFile(file: "file\($0).py", tests: 13 - $0) }
    let plan = StatusReport.Plan(
      tests: 78, allTests: 90, unknownTests: 0, changedFiles: files,
      predictions: (0...6).map { StatusReport.Plan.Prediction(workers: $0, seconds: 12 - Double($0)) }, workers: 6,
      message: "the message")
    var report = StatusReport(rootdir: "/project", run: nil, dataFile: .missing, history: nil)
    report.plan = plan
    let lines = StatusText(report, Style(isColored: false, marks: Marks(environment: [:])), now: 0).lines
    #expect(
      Array(lines.drop { $0 != "Plan" }) == [
        "Plan",
        "  choice     the message",
        "  changed    file1.py: 12 tests",
      ] + (2...10).map { "             file\($0).py: \(13 - $0) tests" } + [
        "             and 2 more files",
        "  0 workers  12 s",
        "  1 worker   11 s",
        "  2 workers  10 s",
        "  4 workers  8 s",
        "  6 workers  6 s, the choice",
      ])
  }

  @Test func aDataFile() {
    let environment = StatusReport.Environment(
      id: 3, name: "default", pythonVersion: "3.12.1", packages: 5, tests: 40, keptSince: nil)
    let kept = StatusReport.Environment(
      id: 2, name: "default", pythonVersion: "3.11.1", packages: 4, tests: 30, keptSince: 1040)
    let file = StatusReport.DataFile(
      path: "/project/.testmondata", problem: nil, exists: true, bytes: 4096, logBytes: 32, dataVersion: 14,
      journalMode: "wal", tests: 70, environments: [environment, kept])
    #expect(
      lines(file: file).dropFirst(3) == [
        "Data file",
        "  path          /project/.testmondata",
        "  size          4096 bytes, and 32 in its -wal",
        "  data version  14, journal mode wal",
        "  tests         70",
        "  environment   3 (default), Python 3.12.1, 5 packages, 40 tests",
        "  environment   2 (default), Python 3.11.1, 4 packages, 30 tests, kept since 1m 0s ago",
      ])
  }

  @Test func aDataFileThatCanNotBeRead() {
    let file = StatusReport.DataFile(
      path: "/d", problem: "it is damaged", exists: true, bytes: nil, logBytes: nil, dataVersion: nil, journalMode: nil,
      tests: nil, environments: nil)
    #expect(lines(file: file).last == "  it is damaged")
  }

  @Test func pastRuns() {
    #expect(lines(history: []).suffix(2) == ["Past runs", "  none recorded"])
    let ended = StatusReport.PastRun(
      id: "1", kind: "pytest", startedAt: 1000, endedAt: 1002.345, outcome: "finished", exitStatus: 1,
      environmentName: "default", pythonVersion: "3.12.1", expectedWorkers: 1,
      workers: [StatusReport.Worker(id: "gw0", pid: 33, readyAfterMilliseconds: 12)],
      tests: StatusReport.Tests(all: 4003, ran: 12, notNeeded: 3991, savedSeconds: 95.2))
    let open = StatusReport.PastRun(
      id: "2", kind: "held", startedAt: 1090, endedAt: nil, outcome: nil, exitStatus: nil, environmentName: "x",
      pythonVersion: "3.12.1", expectedWorkers: nil, workers: [])
    #expect(
      lines(history: [open, ended]).suffix(3) == [
        "  begun       took               saved   tests    ready     ended",
        "  10s ago                                                   open          held, x",
        "  1m 40s ago  2.3 s  █░░░░░░░░░  1m 35s  12/4003  1, 12 ms  finished (1)",
      ])
    #expect(lines(history: [ended], locale: "C").last?.contains("2.3 s  #.........  1m 35s") == true)
  }

  /// Names come from files that others may have written.
  @Test func nothingInANameDrivesATerminal() {
    let file = StatusReport.DataFile(
      path: "/\u{1B}[2J", problem: nil, exists: false, bytes: nil, logBytes: nil, dataVersion: nil, journalMode: nil,
      tests: nil, environments: nil)
    #expect(!lines(file: file).contains { $0.contains("\u{1B}") })
    #expect(lines(color: true).contains { $0.contains("\u{1B}") })
  }
}

extension StatusReport.DataFile {
  fileprivate static let missing = StatusReport.DataFile(
    path: "/project/.testmondata", problem: nil, exists: false, bytes: nil, logBytes: nil, dataVersion: nil,
    journalMode: nil, tests: nil, environments: nil)
}
