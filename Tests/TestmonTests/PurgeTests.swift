import FoundationEssentials
import SQLite
import Testing

@testable import Testmon

/// An environment that isn't kept goes at once, its tests a few at a time.
@Suite struct PurgeTests {
  private let folder: TemporaryFolder
  private var path: String { folder(".testmondata") }

  init() throws { folder = try TemporaryFolder() }

  /// A file with an environment that was given up, of so many tests, and one in use that has one test.
  /// - Returns: the id of the one in use.
  @discardableResult
  private func giveUp(tests: Int, version: Int = 13) throws -> Int64 {
    let old = try prepare(path, key(packagesA), version: version)
    try recordMany(tests, for: old.environmentID)
    let new = try prepare(path, key(packagesB), version: version, keep: 1)
    #expect(new.packagesChanged)
    try recordMany(1, for: new.environmentID)
    return new.environmentID
  }

  /// Each with a file of its own and one that all share; by statements that all data versions understand.
  private func recordMany(_ count: Int, for environmentID: Int64) throws {
    let database = try connect(path)
    let first = (try database.value("SELECT max(id) FROM test_execution").asInteger ?? 0) + 1
    try database.execute(
      """
      BEGIN;
      INSERT OR IGNORE INTO file_fp (id, filename, method_checksums) VALUES (1000000, 'shared.py', x'00');
      WITH RECURSIVE n (i) AS (SELECT \(first) UNION ALL SELECT i + 1 FROM n WHERE i < \(first + Int64(count) - 1))
      INSERT INTO test_execution (id, environment_id, test_name, failed) SELECT i, \(environmentID), 'test ' || i, 0 FROM n;
      INSERT INTO file_fp (id, filename, method_checksums)
      SELECT id, 'file ' || id, x'00' FROM test_execution WHERE id >= \(first);
      INSERT INTO test_execution_file_fp SELECT id, id FROM test_execution WHERE id >= \(first);
      INSERT INTO test_execution_file_fp SELECT id, 1000000 FROM test_execution WHERE id >= \(first);
      COMMIT;
      """)
  }

  private func step(_ tests: Int) throws -> Bool { try DataFile.purge(at: path, limit: .zero, step: tests) }

  private func expectAWholeFile() throws {
    let database = try connect(path)
    #expect(try database.value("PRAGMA integrity_check") == .text("ok"))
    #expect(try database.rows("PRAGMA foreign_key_check").isEmpty)
  }

  @Test func itsTestsAreDeletedStepByStepAndThenItsRow() throws {
    let id = try giveUp(tests: 25)
    #expect(try DataFile.inspect(at: path).environments.map(\.id) == [id])
    for left: Int64 in [26, 16, 6] {
      try expectAWholeFile()
      #expect(try count("test_execution", in: path) == left)
      #expect(try count("test_execution_file_fp", in: path) == 2 * left)
      #expect(try count("environment", in: path) == 2)
      #expect(try count("file_fp", in: path) == 27)
      #expect(try step(10) == (left == 6))
    }
    try expectAWholeFile()
    #expect(try count("test_execution", in: path) == 1 && count("test_execution_file_fp", in: path) == 2)
    #expect(try environments(in: path) == ["\(id) default|\(packagesB)"])
    #expect(try count("file_fp", in: path) == 2)
    // Then there is nothing to do, and nothing is written.
    let (before, time) = (try bytes(of: path), changeTime(of: path))
    #expect(try step(10))
    #expect(try bytes(of: path) == before && changeTime(of: path) == time)
  }

  /// Else it would have lost a part of its tests, and testmon takes a file for unchanged where it knows one test of it.
  @Test(arguments: [1, 10, 100])
  func itIsNotPickedUpAgain(tests: Int) throws {
    try giveUp(tests: 25)
    _ = try step(tests)
    let back = try prepare(path, key(packagesA))
    #expect(back.packagesChanged && !back.pickedUpAgain)
    #expect(
      try connect(path).rows(
        "SELECT id FROM test_execution WHERE environment_id = ?1", .integer(back.environmentID)
      ).isEmpty)
    try purge(path)
    #expect(try environments(in: path).count == 2)
    #expect(try count("test_execution", in: path) == 1)
  }

  /// No process waits for what isn't needed, however much that is: what is written is counted, not the time.
  @Test func noTransactionIsLarge() throws {
    let old = try prepare(path, key(packagesA))
    try recordMany(20_000, for: old.environmentID)
    // As long as another connection is open the log stays, and grows with each transaction.
    let open = try connect(path)
    #expect(try open.value("SELECT count(*) FROM environment") == .integer(1))
    func written() throws -> Int {
      let size = try bytes(of: path + "-wal").count
      try open.checkpointTruncate()
      return size
    }
    try prepare(path, key(packagesB), keep: 1)
    #expect(try (1..<100_000).contains(written()))
    #expect(try count("test_execution", in: path) == 20_000)
    var steps = 1
    while try !step(1000) {
      #expect(try (1..<1_000_000).contains(written()))
      steps += 1
    }
    #expect(steps == 21)
  }

  @Test func whereAnotherProcessWritesItIsLeftForLater() throws {
    try giveUp(tests: 25)
    let other = try connect(path)
    try other.execute("BEGIN IMMEDIATE")
    #expect(reason { try DataFile.purge(at: path) } == .locked)
    try other.execute("COMMIT")
    #expect(try count("test_execution", in: path) == 26)
    #expect(try DataFile.purge(at: path))
  }

  @Test func itIsOnlyForWhatWasGivenUp() throws {
    try giveUp(tests: 3)
    try purge(path)
    for name in ["[deleted by testmon-xdist: 9]", "[deleted by testmon-xdist: ]", "x [deleted by testmon-xdist: 2]"] {
      try prepare(path, key(packagesC, name: name))
    }
    let before = try environments(in: path)
    #expect(before.count == 4)
    try purge(path)
    #expect(try environments(in: path) == before)
    #expect(reason { try DataFile.purge(at: folder("none")) } == .missing)
    #expect(folder.names == [".testmondata"])
  }

  /// Every release takes the right row in each state between, and gives no test that is left to a new environment.
  @Test(arguments: RealTestmon.releases)
  func testmonIsContentInBetween(testmon: RealTestmon) throws {
    // The one that was given up has the highest id, of which testmon would use the next.
    let used = try prepare(path, key(packagesA), version: testmon.dataVersion).environmentID
    try recordMany(1, for: used)
    let old = try prepare(path, key(packagesB), version: testmon.dataVersion).environmentID
    try recordMany(25, for: old)
    #expect(try prepare(path, key(packagesA), version: testmon.dataVersion, keep: 1).environmentID == used)
    #expect(old > used)
    var newcomers: [String] = []
    repeat {
      let newcomer = RealTestmon.Environment(name: "newcomer \(newcomers.count)", packages: "", python: "3.11.7")
      newcomers.append(newcomer.name)
      let wanted = RealTestmon.Environment(name: "default", packages: packagesA, python: "3.11.7")
      let answers = try testmon.drive([
        .init(path: path, readOnly: true, environment: wanted), .init(path: path, environment: wanted),
        .init(path: path, environment: newcomer),
      ])
      #expect(answers.map(\.tests) == [["test 1"], ["test 1"], []])
      #expect(answers.map(\.environmentID).prefix(2) == [used, used])
      #expect(!answers[0].packagesChanged && !answers[1].packagesChanged)
      try expectAWholeFile()
    } while try !step(10)
    #expect(newcomers.count == 3)
    #expect(try count("test_execution", in: path) == 1)
    #expect(try count("environment", in: path) == 4)
  }
}
