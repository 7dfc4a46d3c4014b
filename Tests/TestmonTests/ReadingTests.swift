import FoundationEssentials
import Glibc
import SQLite
import Testing

@testable import Testmon

@Suite struct VerifyTests {
  @Test func theEnvironmentComesBackAndNothingIsWritten() throws {
    let folder = try TemporaryFolder()
    let preparation = try prepare(folder("a"), key(name: "é\n"))
    let (before, time) = (try bytes(of: folder("a")), changeTime(of: folder("a")))
    #expect(
      try DataFile.verify(at: folder("a"), dataVersion: 13, environmentID: preparation.environmentID)
        == key(name: "é\n"))
    #expect(try bytes(of: folder("a")) == before)
    #expect(changeTime(of: folder("a")) == time)
    #expect(Set(folder.names).isSubset(of: ["a", "a-wal", "a-shm"]))
  }

  @Test func whatIsWrongIsSaid() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"))
    func verify(version: Int = 13, id: Int64 = 1) -> DataFileError.Reason? {
      reason { _ = try DataFile.verify(at: folder("a"), dataVersion: version, environmentID: id) }
    }
    #expect(verify() == nil)
    #expect(verify(id: 2) == .noEnvironment(2))
    #expect(verify(version: 14) == .otherDataVersion(found: 13, expected: 14))
    try connect(folder("a")).execute("PRAGMA journal_mode = DELETE")
    #expect(verify() == .notWAL(mode: "delete"))
  }
}

@Suite struct InspectTests {
  @Test func everythingIsCounted() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"))
    try record(["t1", "t2"], for: 1, in: folder("a"))
    try prepare(folder("a"), key(packagesB))
    try record(["t1"], for: 2, in: folder("a"))
    try prepare(folder("a"), key("", name: "empty"))
    let before = try bytes(of: folder("a"))
    let seen = try DataFile.inspect(at: folder("a"))
    #expect(
      seen
        == Inspection(
          size: Int64(before.count), walSize: 0, dataVersion: 13, journalMode: "wal", isEmpty: false, isTestmons: true,
          unusedSize: 0,
          environments: [
            .init(id: 1, name: "default", python: "3.11.7", packages: 2, tests: 2, parkedSince: noon),
            .init(id: 2, name: "default", python: "3.11.7", packages: 3, tests: 1, parkedSince: nil),
            .init(id: 3, name: "empty", python: "3.11.7", packages: 0, tests: 0, parkedSince: nil),
          ], tests: 3))
    #expect(!seen.hasContentInWAL)
    #expect(try bytes(of: folder("a")) == before)
    #expect(folder.names == ["a"])
  }

  @Test func aFileInAnotherJournalMode() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"))
    try connect(folder("a")).execute("PRAGMA journal_mode = DELETE")
    let seen = try DataFile.inspect(at: folder("a"))
    #expect(seen.journalMode == "delete" && seen.environments.count == 1)
    #expect(folder.names == ["a"])
    #expect(try prepare(folder("a")).environmentID == 1)
    #expect(try DataFile.inspect(at: folder("a")).journalMode == "wal")
  }

  @Test func contentInTheLogIsSeenAndFoldedIn() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"))
    try FileManager.default.createDirectory(atPath: folder("killed"), withIntermediateDirectories: false)
    do {
      let open = try connect(folder("a"))
      // A connection opens the log only with its first statement.
      _ = try open.value("PRAGMA user_version")
      try record(["t1"], for: 1, in: folder("a"))
      #expect(try DataFile.inspect(at: folder("a")).hasContentInWAL)
      for name in ["a", "a-wal"] {
        try FileManager.default.copyItem(atPath: folder(name), toPath: folder("killed/" + name))
      }
      // Folding works while others have the file open.
      try DataFile.fold(at: folder("a"))
      try FileManager.default.copyItem(atPath: folder("a"), toPath: folder("alone"))
      #expect(try DataFile.inspect(at: folder("alone")).tests == 1)
      withExtendedLifetime(open) {}
    }
    let seen = try DataFile.inspect(at: folder("killed/a"))
    #expect(seen.hasContentInWAL && seen.tests == 1)
    try DataFile.fold(at: folder("killed/a"))
    for name in ["a-wal", "a-shm"] { unlink(folder("killed/" + name)) }
    let folded = try DataFile.inspect(at: folder("killed/a"))
    #expect(!folded.hasContentInWAL && folded.tests == 1)
    try DataFile.fold(at: folder("killed/a"))
  }

  @Test func otherVersionsAndOtherPrograms() throws {
    let folder = try TemporaryFolder()
    try Database(path: folder("a"), access: .readWriteCreate).execute(
      "CREATE TABLE environment (id, name, libraries); CREATE TABLE t (x); PRAGMA user_version = 4")
    let seen = try DataFile.inspect(at: folder("a"))
    #expect(seen.dataVersion == 4 && seen.environments.isEmpty && seen.tests == 0)
  }
}
