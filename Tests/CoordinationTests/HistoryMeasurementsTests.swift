import FoundationEssentials
import Glibc
import Planning
import SQLite
import Testing

@testable import Coordination

/// What past runs took.
@Suite struct HistoryMeasurementsTests {
  private let place: HistoryFolder
  private var path: String { place.path }

  init() throws { place = try HistoryFolder() }

  private func begin(_ id: String, environment: String = "default", in history: History) throws {
    try history.begin(
      History.RunStart(
        runID: id, startedAt: Date(timeIntervalSince1970: 0), version: "1.0.0", kind: .pytest, ownerPID: 42,
        environmentName: environment, pythonVersion: "3.11.7", dataVersion: 14, packagesChanged: false))
  }

  private func measurement(_ process: String, tests: Int, seconds: Double = 2) -> Measurement {
    Measurement(
      process: process, start: 0.5, collection: 0.25, collected: 10, tests: tests, testSeconds: seconds,
      processor: 1, queued: 0.125)
  }

  @Test func theLatestRunComesFirstAndThoseWithoutTestsAreLeftOut() throws {
    try place.cleaned {
      let history = try History(path: path)
      let runs = [
        MeasuredRun(
          processes: [measurement("gw0", tests: 3), measurement("gw1", tests: 4)], recording: 1.5, hasCrashed: true),
        MeasuredRun(processes: [measurement("", tests: 0)], recording: 0, hasCrashed: false),
        MeasuredRun(processes: [measurement("", tests: 1)], recording: 0, hasCrashed: false),
        MeasuredRun(processes: [], recording: 0, hasCrashed: true),
      ]
      for (number, run) in runs.enumerated() {
        try begin("r\(number)", in: history)
        try history.measured(run, runID: "r\(number)")
      }
      try begin("unfinished", in: history)
      try begin("other", environment: "other", in: history)
      try history.measured(runs[2], runID: "other")
      // The latest one counts in any case: it tells whether a worker died.
      #expect(try history.measuredRuns(environment: "default") == [runs[3], runs[2], runs[0]])
      #expect(try history.measuredRuns(environment: "none") == [])
      try history.prune(keep: 1)
      #expect(try history.measuredRuns(environment: "default") == [])
      #expect(try Database(path: path, access: .readOnly).value("SELECT count(*) FROM measurements") == .integer(1))
    }
  }

  @Test func whatCantHaveBeenMeasuredIsLeftOut() throws {
    try place.cleaned {
      let history = try History(path: path)
      try begin("r", in: history)
      let good = measurement("gw0", tests: 3)
      let strange = [-1, 1e300, .infinity].enumerated().map { measurement("gw\($0 + 1)", tests: 3, seconds: $1) }
      try history.measured(
        MeasuredRun(processes: [good, measurement("gw9", tests: -1)] + strange, recording: 1, hasCrashed: false),
        runID: "r")
      #expect(try history.measuredRuns(environment: "default").first?.processes == [good])
      // Somebody else may have written into it.
      let database = try Database(path: path, access: .readWrite)
      for (column, value) in [("start", "'x'"), ("queued", "-1"), ("tests", "1e300"), ("collected", "x'00'")] {
        try database.execute("UPDATE measurements SET \(column) = \(value)")
        #expect(try history.measuredRuns(environment: "default").first?.processes ?? [] == [], "\(column)")
        try database.execute("UPDATE measurements SET start = 1, queued = 1, tests = 1, collected = 1")
      }
      try database.execute("UPDATE runs SET recording = 'much'")
      #expect(try history.measuredRuns(environment: "default") == [])
    }
  }

  @Test func aHistoryOfTheFirstSchemaIsBroughtUpToDate() throws {
    try place.cleaned {
      try begin("old", in: History(path: path, journalMode: .wal, migrations: Array(History.migrations.prefix(1))))
      let history = try History(path: path)
      #expect(try history.recent(1).first?.start.runID == "old")
      #expect(try history.measuredRuns(environment: "default") == [])
      try history.measured(
        MeasuredRun(processes: [measurement("", tests: 1)], recording: 0, hasCrashed: false), runID: "old")
      #expect(try history.measuredRuns(environment: "default").count == 1)
    }
  }
}
