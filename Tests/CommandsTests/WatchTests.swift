import CommandLine
import Coordination
import Platform
import Testing

@testable import Commands

/// What `status --watch` shows: drawn on a terminal, or line by line.
@Suite struct WatchTests {
  private static let process = ProcessIdentity(pid: 11, startTime: 1, bootID: "boot", pidNamespace: "pid")

  private func report(
    _ state: StatusReport.CurrentRun.State? = .ready, id: String = "0123", done: Int? = nil, failed: Int = 0,
    left: Double? = 20, workers: Int = 0, rootdir: String = "/project", problem: String? = nil
  ) -> StatusReport {
    let progress = done.map {
      TestProgress(
        runID: id, timestamp: 1000,
        tests: TestProgress.Tests(done: $0, selected: 400, failed: failed, secondsLeft: left))
    }
    let run = state.map { state in
      StatusReport.CurrentRun(
        id: id, kind: .pytest, state: state, since: 990, controller: Self.process, owner: Self.process,
        environmentID: state == .preparing ? nil : 3, environmentName: "default", pythonVersion: "3.12.1",
        expectedWorkers: 2,
        workers: (0..<workers).map { StatusReport.Worker(id: "gw\($0)", pid: 33, readyAfterMilliseconds: 12) },
        progress: progress)
    }
    let file = StatusReport.DataFile(
      path: "\(rootdir)/.testmondata", problem: problem, exists: true, bytes: 4096, logBytes: 0, dataVersion: 14,
      journalMode: "wal", tests: 400, environments: [])
    return StatusReport(rootdir: rootdir, run: run, dataFile: file, history: nil)
  }

  private func frame(_ report: StatusReport, rows: Int, columns: Int) -> [String] {
    WatchFrame(
      report: report, style: Style(isColored: false, marks: Marks(environment: [:])), now: 1005,
      size: Terminal.Size(rows: rows, columns: columns)
    ).lines
  }

  private func changes(_ before: StatusReport, _ after: StatusReport) -> [String] {
    WatchChanges(before: before, after: after).lines
  }

  @Test(arguments: [(24, 80), (50, 200)])
  func onATerminal(rows: Int, columns: Int) throws {
    let lines = frame(report(done: 57, failed: 1, workers: 8), rows: rows, columns: columns)
    let heading = try #require(lines.first)
    #expect(heading.hasPrefix("testmon-xdist status: /project") && heading.count == columns)
    #expect(lines.contains("  tests        57 of 400 done, 1 failed, about 15s left"), "\(lines)")
    #expect(lines.contains { $0.hasPrefix("               [########.") && $0.hasSuffix(".]  14 %") }, "\(lines)")
    for worker in 0..<8 { #expect(lines.contains { $0.contains("gw\(worker)  after 12 ms") }, "\(lines)") }
    #expect(lines.last == "  data file: 400 tests, 4096 bytes")
  }

  /// Whatever is shown: a line that is too long would wrap, and one too many would scroll.
  @Test(arguments: [(24, 80), (50, 200), (5, 20), (1, 1), (2, 3), (10, 300)])
  func itFits(rows: Int, columns: Int) {
    let reports = [
      report(nil), report(.preparing), report(.dead, done: 3), report(done: 400, workers: 200),
      report(done: 0, left: nil, rootdir: "/" + String(repeating: "工程 🚀", count: 40)),
      report(problem: String(repeating: "damaged ", count: 50)),
    ]
    for report in reports {
      let lines = frame(report, rows: rows, columns: columns)
      #expect(lines.count <= max(rows - 1, 1), "\(lines)")
      for line in lines { #expect(DisplayWidth.of(line) <= columns, "\(line)") }
    }
  }

  @Test func whatIsLeft() {
    func left(_ seconds: Double?, done: Int = 57) -> String {
      let tests = TestProgress.Tests(done: done, selected: 400, failed: 0, secondsLeft: seconds)
      return TestProgress(runID: "", timestamp: 1000, tests: tests).summary(now: 1005)
    }
    #expect(left(70) == "57 of 400 done, about 1m 5s left")
    #expect(left(5) == "57 of 400 done, nearly at the end")
    #expect(left(nil) == "57 of 400 done")
    #expect(left(0, done: 400) == "400 of 400 done")
    #expect(frame(report(.dead, done: 57), rows: 24, columns: 80).contains("  tests        57 of 400 done"))
  }

  @Test func aLineForEachChange() {
    let (none, preparing, ready) = (report(nil), report(.preparing), report())
    #expect(changes(none, preparing) == ["run 0123 has begun, held by pytest (pid 11)"])
    #expect(changes(preparing, ready) == ["data ready: environment 3 (default)"])
    #expect(changes(ready, report(workers: 2)) == ["worker gw0 ready after 12 ms", "worker gw1 ready after 12 ms"])
    #expect(changes(ready, report(done: 0)) == ["tests: 0 of 400 done, about 20s left"])
    #expect(changes(report(done: 59), report(done: 60)) == ["tests: 60 of 400 done, about 20s left"])
    #expect(changes(report(done: 56), report(done: 57)) == [])  // both are 14 %
    #expect(changes(report(done: 56), report(done: 57, failed: 1)).first?.contains("1 failed") == true)
    let dead = changes(ready, report(.dead))
    #expect(dead.count == 1 && dead[0].hasPrefix("run 0123 is dead; ") && dead[0].hasSuffix("testmon-xdist cleanup"))
    #expect(changes(ready, none) == ["run 0123 has ended"])
    let next = changes(ready, report(id: "4567"))
    #expect(next.first == "run 0123 has ended" && next.dropFirst().first?.hasPrefix("run 4567 has begun") == true)
    #expect(changes(none, report(nil, problem: "it is damaged")) == ["data file: it is damaged"])
  }
}
