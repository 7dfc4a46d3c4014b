import FoundationEssentials
import Glibc
import Platform
import SQLite
import Testing

@testable import Testmon

/// What doctor does to a data file: nothing, unless it is asked to, and then not without a copy.
@Suite struct TrialTests {
  private func tryOut(_ path: String, version: Int? = 13, isInUse: Bool = false) -> DataFileError.Reason? {
    do throws(DataFileError) {
      try DataFile.tryOut(
        at: path, dataVersion: version, refusingNewer: true, isInUse: isInUse, busyTimeout: .milliseconds(50))
      return nil
    } catch {
      return error.reason
    }
  }

  private func contents(_ paths: String...) throws -> [Data] { try paths.map { try bytes(of: $0) } }

  @Test(arguments: ["WAL", "DELETE"])
  func itChangesNothing(mode: String) throws {
    let folder = try TemporaryFolder()
    #expect(tryOut(folder("a")) == nil)
    #expect(folder.names.isEmpty)
    try prepare(folder("a"))
    try connect(folder("a")).execute("PRAGMA journal_mode = \(mode)")
    let (before, time) = (try bytes(of: folder("a")), changeTime(of: folder("a")))
    #expect(tryOut(folder("a")) == nil && tryOut(folder("a"), version: nil) == nil)
    #expect(try DataFile.damage(in: folder("a")) == nil)
    #expect(try bytes(of: folder("a")) == before && changeTime(of: folder("a")) == time && folder.names == ["a"])
  }

  /// To open it for writing, and close it, would fold the log.
  @Test func aLogThatWasLeftIsLeft() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("open"))
    let connection = try connect(folder("open"))
    try connection.execute("INSERT INTO metadata VALUES ('a', 'b')")
    for suffix in ["", "-wal"] { try write(bytes(of: folder("open" + suffix)), to: folder("a" + suffix)) }
    let before = try contents(folder("a"), folder("a-wal"))
    #expect(tryOut(folder("a")) == nil)
    #expect(try contents(folder("a"), folder("a-wal")) == before)
    // With a connection of somebody's open it is opened, and closed without folding.
    let log = try bytes(of: folder("open-wal"))
    #expect(tryOut(folder("open"), isInUse: true) == nil)
    #expect(try bytes(of: folder("open-wal")) == log)
    try connection.execute("BEGIN IMMEDIATE")
    #expect(tryOut(folder("open"), isInUse: true) == .locked)
  }

  @Test func whatStopsARunIsFound() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"))
    #expect(tryOut(folder("a"), version: 14) == nil)
    try connect(folder("a")).execute("PRAGMA user_version = 99")
    #expect(tryOut(folder("a")) == .newerDataVersion(99))
    try connect(folder("a")).execute("PRAGMA user_version = 13; DROP TABLE environment")
    #expect(tryOut(folder("a")) != nil)
    try Database(path: folder("b"), access: .readWriteCreate).execute("CREATE TABLE t (x)")
    #expect(tryOut(folder("b")) == .notTestmons)
    try write([1, 2, 3] + [UInt8](repeating: 0, count: 4096), to: folder("c"))
    #expect(tryOut(folder("c")) == .corrupt)
  }

  @Test func aWriterWasKilled() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("open"))
    try record(["t1", "t2"], for: 1, in: folder("open"))
    let connection = try connect(folder("open"))
    // Without room in memory, a part of the transaction is written to the file.
    try connection.execute("PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN; DELETE FROM test_execution")
    for _ in 0..<500 { try connection.execute("INSERT INTO metadata VALUES (hex(randomblob(500)), 'x')") }
    for suffix in ["", "-journal"] { try write(bytes(of: folder("open" + suffix)), to: folder("a" + suffix)) }
    let before = try contents(folder("a"), folder("a-journal"))

    let found = try DataFile.inspect(at: folder("a"))
    #expect(found.wasInterrupted && found.tests == 2)
    #expect(tryOut(folder("a")) == .interrupted)
    #expect(try contents(folder("a"), folder("a-journal")) == before)

    let copy = try DataFile.takeBack(at: folder("a"))
    #expect(try !DataFile.inspect(at: folder("a")).wasInterrupted && count("test_execution", in: folder("a")) == 2)
    #expect(try contents(copy, copy + "-journal") == before)
    #expect(try count("test_execution", in: copy) == 2)
  }

  @Test func copiesDontReplaceEachOther() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"))
    chmod(folder("a"), 0o640)
    let copies = try (0..<3).map { _ in try DataFile.keepCopy(of: folder("a")) }
    #expect(Set(copies).count == 3 && Set(folder.names).isSuperset(of: ["a.before-fix", "a.before-fix-2"]))
    #expect(copies.allSatisfy { FileOwner(of: $0)?.mode == 0o640 })
  }
}
