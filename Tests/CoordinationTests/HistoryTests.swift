import FoundationEssentials
import Glibc
import Testing

@testable import Coordination

@Suite struct HistoryTests {
  private let place: HistoryFolder
  private var path: String { place.path }
  private var folder: String { place.folder }

  init() throws { place = try HistoryFolder() }

  private var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() }

  private func run(_ id: String, at seconds: Double = 1_795_430_160.25, workers: Int? = 2) -> History.RunStart {
    History.RunStart(
      runID: id, startedAt: Date(timeIntervalSince1970: seconds), version: "1.0.0", kind: .pytest, ownerPID: 42,
      environmentName: "é'\n", pythonVersion: "3.11.7", dataVersion: 14, packagesChanged: true,
      expectedWorkers: workers)
  }

  @Test(arguments: [History.JournalMode.wal, .truncate])
  func aRunIsToldFromBeginningToEnd(mode: History.JournalMode) throws {
    try place.cleaned {
      do {
        let history = try History(path: path, journalMode: mode)
        try history.begin(run("r1"))
        try history.workerReady(.init(workerID: "gw1", pid: 101, readyAfter: 12), of: "r1")
        try history.workerReady(.init(workerID: "gw0", pid: 100, readyAfter: 99), of: "r1")
        try history.workerReady(.init(workerID: "gw0", pid: 102, readyAfter: 7), of: "r1")
        let open = try #require(history.recent(5).first)
        #expect(open.start == run("r1") && open.outcome == nil && open.endedAt == nil && open.exitStatus == nil)
        #expect(open.workers.map(\.workerID) == ["gw0", "gw1"] && open.workers.first?.pid == 102)
        try history.end(
          runID: "r1", outcome: .finished, exitStatus: 1, at: Date(timeIntervalSince1970: 1_795_430_170.5))
        #expect(
          names
            == (mode == .wal
              ? ["history.db", "history.db-shm", "history.db-wal"] : ["history.db", "history.db-journal"]))
      }
      let entry = try #require(History(path: path, journalMode: mode).recent(5).first)
      #expect(entry.outcome == .finished && entry.exitStatus == 1)
      #expect(entry.endedAt == Date(timeIntervalSince1970: 1_795_430_170.5))
      #expect(entry.workers.count == 2)
    }
  }

  @Test func theNewestComesFirstWhateverTheClockSays() throws {
    try place.cleaned {
      let history = try History(path: path)
      for (index, id) in ["a", "b", "c"].enumerated() { try history.begin(run(id, at: Double(-index), workers: nil)) }
      #expect(try history.recent(2).map(\.start.runID) == ["c", "b"])
      #expect(try history.recent(-1).isEmpty)
      #expect(try history.recent(.max).count == 3)
      try history.workerReady(.init(workerID: "gw0", pid: 1, readyAfter: 1), of: "a")
      try history.prune(keep: 2)
      #expect(try history.recent(9).map(\.start.runID) == ["c", "b"])
      // Its workers are gone with it.
      try history.begin(run("a"))
      #expect(try history.recent(1).first?.workers == [])
      try history.prune(keep: -1)
      #expect(try history.recent(9).isEmpty)
    }
  }

  @Test func runsThatNobodyEndedHaveDied() throws {
    try place.cleaned {
      let history = try History(path: path)
      for id in ["dead", "done", "current"] { try history.begin(run(id)) }
      try history.end(runID: "done", outcome: .interrupted, exitStatus: nil, at: Date(timeIntervalSince1970: 5))
      try history.closeAbandoned(except: "current")
      #expect(try history.recent(9).map(\.outcome) == [nil, .interrupted, .died])
      #expect(try history.recent(9).last?.endedAt == nil)
      try history.closeAbandoned(except: "none")
      #expect(try history.recent(9).map(\.outcome) == [.died, .interrupted, .died])
    }
  }

  @Test func whatCannotBeIsAnError() throws {
    try place.cleaned {
      let history = try History(path: path)
      try history.begin(run("a"))
      #expect(throws: HistoryError.self) { try history.begin(run("a")) }
      #expect(throws: HistoryError.self) {
        try history.workerReady(.init(workerID: "gw0", pid: 1, readyAfter: 1), of: "unknown")
      }
      try history.end(runID: "unknown", outcome: .failed, exitStatus: nil, at: Date(timeIntervalSince1970: 0))
      try history.begin(run("odd", at: .infinity))
      #expect(try history.recent(9).count == 2)
    }
  }

  @Test func anOlderSchemaIsBroughtUpToDate() throws {
    try place.cleaned {
      try History(path: path, journalMode: .wal, migrations: History.migrations).begin(run("a"))
      let more =
        History.migrations + [
          "ALTER TABLE runs ADD COLUMN note TEXT; UPDATE runs SET version = 'migrated';",
          "UPDATE runs SET version = version || ' twice', note = 'x';",
        ]
      // A migration that fails takes the ones before it back.
      #expect(throws: HistoryError.self) {
        try History(path: path, journalMode: .wal, migrations: more + ["CREATE TABLE runs (x)"])
      }
      #expect(try History(path: path).recent(1).first?.start.version == "1.0.0")
      for _ in 0..<2 {
        let history = try History(path: path, journalMode: .wal, migrations: more)
        #expect(try history.recent(1).first?.start.version == "migrated twice")
      }
      // Now it is newer than what this release knows.
      let before = try Data(contentsOf: URL(filePath: path))
      let known = History.migrations.count
      for open in [{ try History(path: path) }, { try History.open(path: path).history }] {
        #expect {
          try open()
        } throws: {
          ($0 as? HistoryError)?.reason == .newerSchema(found: Int64(known) + 2, known: known)
        }
      }
      #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }
  }

  @Test func startingFromNothingAndFromAnEmptyFile() throws {
    try place.cleaned {
      try Data().write(to: URL(filePath: path))
      try History(path: path).begin(run("a"))
      #expect(names == ["history.db"])
      #expect(throws: HistoryError.self) { try History(path: folder + "/nowhere/history.db") }
      #expect(names == ["history.db"])
    }
  }

  @Test func aDamagedHistoryIsAnErrorOrReplaced() throws {
    try place.cleaned {
      let noise = Data((0..<9000).map { _ in UInt8.random(in: 0...255) })
      for suffix in ["", "-wal"] { try noise.write(to: URL(filePath: path + suffix)) }
      #expect { try History(path: path) } throws: { ($0 as? HistoryError)?.reason == .corrupt }
      #expect(try Data(contentsOf: URL(filePath: path)) == noise)
      let (history, replaced) = try History.open(path: path)
      #expect(replaced?.reason == .corrupt && replaced?.description.contains(path) == true)
      try history.begin(run("a"))
      #expect(try History.open(path: path).replaced == nil)
    }
  }

  @Test func manyAtOnce() async throws {
    let path = path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<8 {
        let run = run("r\(number)")
        group.addTask { try History(path: path).begin(run) }
      }
      try await group.waitForAll()
    }
    let entries = try place.cleaned { try History(path: path).recent(99) }
    #expect(entries.count == 8)
  }
}
