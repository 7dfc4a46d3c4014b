import FoundationEssentials
import Planning
import SQLite
import Testing

@testable import Coordination

/// Why tests ran, and looking without changing anything.
@Suite struct HistoryCausesTests {
  private let place: HistoryFolder
  private var path: String { place.path }

  init() throws { place = try HistoryFolder() }

  private func begin(_ id: String, in history: History) throws {
    try history.begin(
      History.RunStart(
        runID: id, startedAt: Date(timeIntervalSince1970: 5), version: "1.0.0", kind: .pytest, ownerPID: 42,
        environmentName: "default", pythonVersion: "3.11.7", dataVersion: 14, packagesChanged: false))
  }

  private let add = Cause(.changed, file: "lib.py", name: "add")
  private let names = ["a::b", "a::c[\u{1F600}'\"]"]

  private var tests: RanTests {
    RanTests(
      allTests: 10, ran: .init(tests: 2, seconds: 1, longest: 1), notNeeded: .init(tests: 7, seconds: 9, longest: 2),
      askedWorkers: 2, tests: names + ["a::d"],
      causes: [
        CausedTests(Cause(.leftOut), count: 1, tests: [2]), CausedTests(Cause(.failed), count: 1, tests: [0]),
        CausedTests(add, count: 2, tests: [0, 1, 7, -1, .max]),
      ])
  }

  @Test func causesAreKeptWithTheirTests() throws {
    try place.cleaned {
      let history = try History(path: path)
      for id in ["r1", "r2", "untold"] { try begin(id, in: history) }
      try history.ran(tests, saved: 4.5, runID: "r1")
      try history.ran(
        RanTests(
          allTests: 10, ran: .init(tests: 0, seconds: 0, longest: 0),
          notNeeded: .init(tests: 9, seconds: 9, longest: 2),
          askedWorkers: 2, causes: []), saved: 5, runID: "r2")
      #expect(throws: HistoryError.self) { try history.ran(tests, saved: 1, runID: "none") }
      #expect(try history.recent(1, explained: true).first?.start.runID == "r2")
      #expect(try history.recent(3).map { $0.tests?.ran } == [nil, 0, 2])
      #expect(try history.causes(of: "r1").map(\.cause) == [add, Cause(.failed), Cause(.leftOut)])
      #expect(try history.causes(of: names[0], in: "r1").map(\.cause) == [Cause(.failed), add])
      #expect(try history.causes(of: names[1], in: "r2") == [])
      #expect(try history.lastRun(of: names[1])?.start.runID == "r1" && history.lastRun(of: "a::d") == nil)
      #expect(try history.tests(like: "::b", atMost: 5) == ["a::b"])
      #expect(try history.savings() == History.Savings(runs: 2, tests: 16, seconds: 9.5))
      try history.prune(keep: 2)
      #expect(try history.causes(of: "r1") == [] && history.lastRun(of: names[1]) == nil)
      #expect(try history.database.value("SELECT count(*) FROM caused") == .integer(0))
    }
  }

  @Test func namesThatNothingNeedsAreForgotten() throws {
    try place.cleaned {
      let history = try History(path: path)
      for number in 1...25 {
        try begin("r\(number)", in: history)
        var told = tests
        told.tests = ["t\(number)"]
        told.causes = [CausedTests(add, count: 1, tests: [0])]
        try history.ran(told, saved: 0, runID: "r\(number)")
        try history.prune(keep: 3)
      }
      let left = try history.database.value("SELECT count(*) FROM tests").asInteger
      #expect((3...8).contains(left ?? 0))
    }
  }

  /// A newer program reads what an older one has left, and leaves it as it is.
  @Test(arguments: Array(1...History.migrations.count), [History.JournalMode.wal, .truncate])
  func lookingChangesNothing(schema: Int, mode: History.JournalMode) throws {
    try place.cleaned {
      do {
        let old = try History(path: path, journalMode: mode, migrations: Array(History.migrations.prefix(schema)))
        try begin("old", in: old)
      }
      func state() throws -> ([String], Data) {
        let folder = try FileManager.default.contentsOfDirectory(atPath: place.folder).sorted()
        return (folder, try Data(contentsOf: URL(filePath: path)))
      }
      let before = try state()
      let seen = try History.look(at: path) { history in
        (
          try history.recent(5).map(\.start.runID), try history.measuredRuns(environment: "default").count,
          try history.causes(of: "old").count, try history.savings().runs
        )
      }
      #expect(seen == (["old"], 0, 0, 0))
      #expect(try state() == before)
    }
  }

  @Test func lookingAtWhatIsNoHistory() throws {
    try place.cleaned {
      func look() throws { try History.look(at: path) { _ = try $0.recent(1) } }
      #expect(throws: HistoryError.self) { try look() }
      #expect(!FileManager.default.fileExists(atPath: path))
      try Data((0..<9000).map { _ in UInt8.random(in: 0...255) }).write(to: URL(filePath: path))
      #expect { try look() } throws: { ($0 as? HistoryError)?.reason == .corrupt }
    }
  }

  /// Somebody else may have written into it.
  @Test func whatCannotBeIsLeftOut() throws {
    try place.cleaned {
      let history = try History(path: path)
      try begin("r1", in: history)
      try history.ran(tests, saved: 4.5, runID: "r1")
      for change in [
        "saved = 'much'", "saved = -1", "saved = 9e999", "ran = 1e300", "all_tests = -5", "not_needed = x'00'",
      ] {
        try history.database.execute("UPDATE runs SET saved = 1, ran = 1, all_tests = 1, not_needed = 1")
        try history.database.execute("UPDATE runs SET \(change)")
        #expect(try history.recent(1).first?.tests == nil, "\(change)")
        _ = try history.savings()
      }
      try history.database.execute("UPDATE causes SET kind = 'odd', tests = 'x'")
      #expect(try history.causes(of: "r1") == [])
    }
  }
}
