import FoundationEssentials
import Glibc
import SQLite
import Testing

@testable import Testmon

@Suite struct EnvironmentRowsTests {
  @Test func aNewFileGetsOneRow() throws {
    let folder = try TemporaryFolder()
    let preparation = try prepare(folder("a"))
    #expect(
      preparation
        == Preparation(
          environmentID: 1, packagesChanged: false, created: true, pickedUpAgain: false, marksTests: false,
          keptAside: nil))
    #expect(try environments(in: folder("a")) == ["1 default|\(packagesA)"])
    #expect(folder.names == ["a"])
  }

  @Test func whatIsRightIsNotWritten() throws {
    let folder = try TemporaryFolder()
    let first = try prepare(folder("a"))
    try record(["t1"], for: first.environmentID, in: folder("a"))
    let (before, time) = (try bytes(of: folder("a")), changeTime(of: folder("a")))
    let again = try prepare(folder("a"))
    #expect(!again.created && !again.packagesChanged && !again.pickedUpAgain)
    #expect(again.environmentID == first.environmentID)
    #expect(try bytes(of: folder("a")) == before)
    #expect(changeTime(of: folder("a")) == time)
    #expect(folder.names == ["a"])
  }

  @Test func rowsAreParkedAndPickedUpAgain() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"))
    try record(["t1"], for: 1, in: folder("a"))
    let changed = try prepare(folder("a"), key(packagesB), at: noon)
    #expect(changed.packagesChanged && !changed.pickedUpAgain && changed.environmentID == 2)
    #expect(
      try environments(in: folder("a")) == [
        "1 default [kept by testmon-xdist since 2026-11-23T10:36:00Z]|\(packagesA)", "2 default|\(packagesB)",
      ])
    let back = try prepare(folder("a"), at: noon.addingTimeInterval(60))
    #expect(!back.packagesChanged && back.pickedUpAgain && back.environmentID == 1)
    #expect(
      try environments(in: folder("a")) == [
        "1 default|\(packagesA)", "2 default [kept by testmon-xdist since 2026-11-23T10:37:00Z]|\(packagesB)",
      ])
    #expect(try count("test_execution", in: folder("a")) == 1)
  }

  @Test func anotherPythonIsAnotherEnvironment() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"))
    #expect(try prepare(folder("a"), key(python: "3.12.0")).packagesChanged)
    #expect(try prepare(folder("a"), key()).pickedUpAgain)
  }

  @Test func otherNamesAreLeftAlone() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"), key(packagesB, name: "other"))
    try prepare(folder("a"), key(packagesC, name: "other"))
    let before = try environments(in: folder("a"))
    for packages in [packagesA, packagesB, packagesC] {
      #expect(try !prepare(folder("a"), key(packages), keep: 1).pickedUpAgain)
    }
    #expect(try environments(in: folder("a")).prefix(2) == before[...])
  }

  @Test func thoseParkedFirstAreDeletedFirstWithTheirTests() throws {
    let folder = try TemporaryFolder()
    for (minute, packages) in ["p0", "p1", "p2", "p0", "p3", "p4"].enumerated() {
      let preparation = try prepare(folder("a"), key(packages), at: noon.addingTimeInterval(Double(minute) * 60))
      // A reference to nothing, which SQL's NOT IN would take for a reference to everything.
      try connect(folder("a")).execute("INSERT INTO test_execution_file_fp VALUES (0, NULL)")
      if !preparation.pickedUpAgain { try record(["of \(packages)"], for: preparation.environmentID, in: folder("a")) }
    }
    try purge(folder("a"))
    // p1 was parked before p2, and p0 once more after both.
    let names = try connect(folder("a")).rows("SELECT system_packages FROM environment ORDER BY 1")
    #expect(names.map { $0[0] } == [.text("p0"), .text("p2"), .text("p3"), .text("p4")])
    let tests = try connect(folder("a")).rows("SELECT test_name FROM test_execution ORDER BY 1")
    #expect(tests.map { $0[0] } == ["p0", "p2", "p3", "p4"].map { .text("of " + $0) })
    let files = try connect(folder("a")).rows("SELECT filename FROM file_fp ORDER BY 1")
    #expect(files.map { $0[0] } == ["of p0", "of p2", "of p3", "of p4", "shared"].map { .text($0 + ".py") })
    #expect(try count("test_execution_file_fp", in: folder("a")) == 8 + 6)
    #expect(
      try connect(folder("a")).value(
        """
        SELECT count(*) FROM test_execution_file_fp
        WHERE test_execution_id <> 0 AND test_execution_id NOT IN (SELECT id FROM test_execution)
          OR fingerprint_id NOT IN (SELECT id FROM file_fp)
        """) == .integer(0))
  }

  @Test(arguments: [1, 0, -1, Int.min])
  func atLeastTheActiveRowIsKept(keep: Int) throws {
    let folder = try TemporaryFolder()
    for packages in [packagesA, packagesB, packagesC] { try prepare(folder("a"), key(packages), keep: keep) }
    try purge(folder("a"))
    #expect(try environments(in: folder("a")) == ["3 default|\(packagesC)"])
  }

  @Test func aClockThatWentBackDoesNotDeleteTheRowJustParked() throws {
    let folder = try TemporaryFolder()
    for (hour, packages) in ["p0", "p1", "p2"].enumerated() {
      try prepare(folder("a"), key(packages), keep: 2, at: noon.addingTimeInterval(Double(-hour) * 3600))
    }
    try purge(folder("a"))
    let names = try connect(folder("a")).rows("SELECT system_packages FROM environment ORDER BY 1")
    #expect(names.map { $0[0] } == [.text("p1"), .text("p2")])
  }

  @Test(.timeLimit(.minutes(15)), arguments: [1e300, -1e300, Double.nan])
  func aMadClock(seconds: Double) throws {
    let folder = try TemporaryFolder()
    for packages in [packagesA, packagesB, packagesC, "d"] {
      try prepare(folder("a"), key(packages), at: Date(timeIntervalSince1970: seconds))
    }
    #expect(try environments(in: folder("a")).count == 4)
  }

  @Test func allInOneSecond() throws {
    let folder = try TemporaryFolder()
    for packages in [packagesA, packagesB, packagesA, packagesB, packagesC, packagesA] {
      try prepare(folder("a"), key(packages))
      // A run without us adds a row of the same packages as a parked one.
      try connect(folder("a")).rows(
        "INSERT OR IGNORE INTO environment (environment_name, system_packages, python_version) VALUES (?1, ?2, ?3)",
        .text("default"), .text(packagesA), .text("3.11.7"))
    }
    let preparation = try prepare(folder("a"), key(packagesA), keep: 100)
    let rows = try environments(in: folder("a"))
    #expect(rows.filter { $0.contains(" default|") } == ["\(preparation.environmentID) default|\(packagesA)"])
    #expect(Set(rows.map { $0.split(separator: "|")[0].drop { $0 != " " } }).count == rows.count)
  }

  /// Tests without an environment, as a version without cascade leaves them, must not get one.
  @Test func aNewRowAdoptsNoOrphans() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"))
    for orphan in ["41", "9223372036854775807", "'text'", "NULL", "2.5", "-3", "x'00'", "1e300"] {
      try connect(folder("a")).execute("INSERT INTO test_execution (environment_id, test_name) VALUES (\(orphan), 't')")
    }
    #expect(try prepare(folder("a"), key(packagesB)).environmentID == 42)
    try connect(folder("a")).execute("INSERT INTO environment (id) VALUES (9223372036854775807)")
    #expect(try prepare(folder("a"), key(packagesC)).environmentID == 43)
    try connect(folder("a")).execute("INSERT INTO environment (id) VALUES (9223372036854775806)")
    #expect(reason { try prepare(folder("a"), key("d")) } != nil)
  }

  /// UNIQUE forbids it in the data versions known; a file may have lost its index all the same.
  @Test func ofSeveralRowsThatMatchTheOneWithMostTestsIsTaken() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"))
    try connect(folder("a")).execute(
      """
      ALTER TABLE environment RENAME TO old;
      CREATE TABLE environment (
        id INTEGER PRIMARY KEY, environment_name TEXT, system_packages TEXT, python_version TEXT);
      INSERT INTO environment SELECT * FROM old;
      INSERT INTO environment SELECT 5, environment_name, system_packages, python_version FROM old;
      INSERT INTO environment SELECT 7, environment_name, system_packages, python_version FROM old;
      DROP TABLE old;
      """)
    #expect(try prepare(folder("a"), keep: 9).environmentID == 7)
    try record(["t1", "t2"], for: 5, in: folder("a"))
    try connect(folder("a")).execute("UPDATE environment SET environment_name = 'default'")
    let preparation = try prepare(folder("a"), keep: 9)
    #expect(preparation.environmentID == 5 && !preparation.packagesChanged)
    #expect(try environments(in: folder("a")).filter { $0.hasSuffix("default|\(packagesA)") }.count == 1)
  }

  @Test func namesAreComparedByteForByte() throws {
    let folder = try TemporaryFolder()
    let composed = try prepare(folder("a"), key(name: "Prüfung", python: "é"))
    let decomposed = try prepare(folder("a"), key(name: "Pru\u{308}fung", python: "é"))
    #expect(composed.environmentID == 1 && decomposed.environmentID == 2)
    #expect(!decomposed.packagesChanged && !decomposed.pickedUpAgain)
    #expect(try prepare(folder("a"), key(name: "Prüfung", python: "e\u{301}")).packagesChanged)
    #expect(try prepare(folder("a"), key(name: "Pru\u{308}fung", python: "e\u{301}")).packagesChanged)
    #expect(key(name: "é") != key(name: "e\u{301}"))
    // The same for names that are parked: what was recorded for one name isn't picked up for another.
    let third = try prepare(folder("a"), key(packagesC, name: "Pru\u{308}fung", python: "é"))
    #expect(third.environmentID == 5)
    #expect(try !prepare(folder("a"), key(packagesC, name: "Prüfung", python: "e\u{301}")).pickedUpAgain)
    try prepare(folder("a"), key(packagesC, name: "Prüfung", python: "e\u{301} 2"))
    #expect(try !prepare(folder("a"), key(packagesC, name: "Pru\u{308}fung", python: "e\u{301}")).pickedUpAgain)
  }

  @Test(arguments: [
    "", "'; DROP TABLE environment; --", "a\nb", "a\0b", "🐍", "x [kept by testmon-xdist since 2026-11-23T10:36:00Z]",
  ])
  func anyNameWorks(name: String) throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"), key(name: "x"))
    try prepare(folder("a"), key(packagesB, name: "x"))
    for (packages, pickedUp) in [(packagesA, nil), (packagesB, nil), (packagesA, true), (packagesB, true)]
      as [(String, Bool?)]
    {
      let preparation = try prepare(folder("a"), key(packages, name: name))
      if let pickedUp { #expect(preparation.pickedUpAgain == pickedUp) }
      let rows = try connect(folder("a")).rows("SELECT id FROM environment WHERE environment_name = ?1", .text(name))
      #expect(rows.map { $0[0] } == [.integer(preparation.environmentID)])
    }
  }

  @Test func whatOthersPutIntoTheFileStays() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"))
    try connect(folder("a")).execute(
      """
      CREATE TABLE mine (x); INSERT INTO mine VALUES (1); CREATE VIEW v AS SELECT environment_name FROM environment;
      CREATE TRIGGER tr AFTER INSERT ON environment BEGIN INSERT INTO mine VALUES (new.id); END;
      """)
    try prepare(folder("a"), key(packagesB))
    #expect(try connect(folder("a")).rows("SELECT x FROM mine").map { $0[0] } == [.integer(1), .integer(2)])
    #expect(try count("v", in: folder("a")) == 2)
  }

  /// Between our first look and our lock another process makes the tables.
  @Test func anotherProcessWasFaster() async throws {
    let folder = try TemporaryFolder()
    let path = folder("a")
    let other = try Database(path: path, access: .readWriteCreate)
    try other.execute("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE")
    let ours = Task.detached { try prepare(path) }
    // Not Task.sleep: on a busy machine ours, which waits for the lock, would keep us from going on until it gives up.
    usleep(500_000)
    try other.execute(DataVersion.v13.schema + "PRAGMA user_version = 13; COMMIT")
    let preparation = try await ours.value
    #expect(!preparation.created && preparation.keptAside == nil && preparation.environmentID == 1)
  }

  @Test func manyAtOnceAgree() async throws {
    let folder = try TemporaryFolder()
    let path = folder("a")
    let preparations = try await withThrowingTaskGroup(of: Preparation.self) { group in
      for _ in 0..<8 { group.addTask { try prepare(path) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(preparations.map(\.environmentID)) == [1])
    #expect(preparations.filter(\.created).count == 1)
    #expect(try environments(in: path) == ["1 default|\(packagesA)"])
  }
}
