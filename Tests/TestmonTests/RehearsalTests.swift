import SQLite
import Testing

@testable import Testmon

/// What doctor does with a data file leaves no trace.
@Suite struct RehearsalTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder("a")
  }

  private func rehearse(_ key: EnvironmentKey = key(), version: Int = 13) throws -> Int? {
    try DataFile.rehearse(
      at: path, dataVersion: version, environment: key, keep: 1, now: noon, busyTimeout: .milliseconds(10))
  }

  @Test(arguments: ["WAL", "DELETE"])
  func nothingIsChanged(mode: String) throws {
    try prepare(path)
    try record(["t1", "t2"], for: 1, in: path)
    try connect(path).execute("PRAGMA journal_mode = \(mode)")
    let (before, time) = (try bytes(of: path), changeTime(of: path))
    #expect(try rehearse() == 2)
    // As a run would, it gives up the row that is there, and makes another.
    #expect(try rehearse(key(packagesB)) == 0)
    #expect(try bytes(of: path) == before && changeTime(of: path) == time)
    #expect(folder.names == ["a"])
    #expect(try environments(in: path) == ["1 default|\(packagesA)"])
  }

  @Test func whatOthersWorkWithIsLeftAlone() throws {
    try prepare(path)
    let other = try connect(path)
    try other.execute("BEGIN IMMEDIATE")
    #expect(try rehearse() == nil)
    try other.execute("ROLLBACK")
  }

  @Test func whereThereIsNothingToTry() throws {
    #expect(try rehearse() == nil && folder.names == [])
    try write([], to: path)
    #expect(try rehearse() == nil && bytes(of: path).isEmpty)
    try prepare(path)
    #expect(try rehearse(version: 14) == nil && rehearse(version: 99) == nil)
  }

  @Test func whatStopsARunStopsIt() throws {
    try prepare(path)
    try connect(path).execute(
      "CREATE TRIGGER no BEFORE INSERT ON environment BEGIN SELECT RAISE(ABORT, 'no more rows'); END")
    #expect(try rehearse() == 0)
    #expect(reason { _ = try rehearse(key(packagesB)) } == .other("no more rows"))
    let other = try connect(path)
    try other.execute("PRAGMA journal_mode = DELETE; BEGIN IMMEDIATE")
    #expect(reason { _ = try rehearse() } == .locked)
    try other.execute("ROLLBACK")
    try write([UInt8](repeating: 0x5A, count: 8192), to: path)
    #expect(reason { _ = try rehearse() } == .corrupt)
  }
}
