import FoundationEssentials
import Glibc
import SQLite
import Testing

@testable import Testmon

@Suite struct KeepAsideTests {
  @Test func anotherDataVersionIsKeptWithWhatLiesInTheLog() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"), version: 13)
    chmod(folder("a"), 0o640)
    let open = try connect(folder("a"))
    try open.execute("PRAGMA wal_autocheckpoint = 0; INSERT INTO metadata VALUES ('only in', 'the log')")
    let preparation = try prepare(folder("a"), version: 14)
    #expect(preparation.created && preparation.environmentID == 1 && !preparation.packagesChanged)
    #expect(preparation.keptAside?.path == folder("a.v13.bak"))
    #expect(folder.names.filter { $0.contains("bak") } == ["a.v13.bak"])
    let backup = try Database(path: folder("a.v13.bak"), access: .immutable)
    #expect(try backup.value("SELECT data FROM metadata") == .text("the log"))
    #expect(try backup.value("PRAGMA user_version") == .integer(13))
    var info = stat()
    stat(folder("a.v13.bak"), &info)
    #expect(info.st_mode & 0o777 == 0o640)
    // The connection that was open all the while sees the new file.
    #expect(try open.value("PRAGMA user_version") == .integer(14))
    #expect(try open.value("SELECT count(*) FROM metadata") == .integer(0))
  }

  @Test func theNewFileIsLikeOneMadeAfresh() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("fresh"), version: 14)
    try prepare(folder("a"), version: 13)
    try record((0..<3000).map { "test \($0)" }, for: 1, in: folder("a"))
    try connect(folder("a")).execute(
      #"""
      CREATE TABLE "odd ""name""" (x); CREATE VIEW "v'" AS SELECT * FROM "odd ""name"""; CREATE VIEW w AS SELECT 1;
      CREATE TRIGGER tr INSTEAD OF INSERT ON w BEGIN SELECT 1; END;
      CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO counted VALUES (1); ANALYZE;
      CREATE VIRTUAL TABLE words USING fts5(word); DROP TABLE metadata; CREATE TABLE metadata (dataid, data);
      """#)
    try prepare(folder("a"), version: 14)
    let schema = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite~_s%' ESCAPE '~' ORDER BY 2"
    #expect(try connect(folder("a")).rows(schema) == connect(folder("fresh")).rows(schema))
    #expect(try bytes(of: folder("a")).count < 80_000)
    #expect(folder.names == ["a", "a.v13.bak", "fresh"])
  }

  @Test func anOlderBackupOfTheSameVersionIsReplaced() throws {
    let folder = try TemporaryFolder()
    try write("old".utf8, to: folder("a.v14.bak"))
    try write("other".utf8, to: folder("a.v13.bak"))
    try prepare(folder("a"), version: 14)
    try prepare(folder("a"), version: 13)
    #expect(try bytes(of: folder("a.v14.bak")).count > 4096)
    #expect(try bytes(of: folder("a.v13.bak")) == Data("other".utf8))
  }

  @Test func withoutABackupNothingIsReplaced() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"), version: 14)
    try record(["t1"], for: 1, in: folder("a"))
    try FileManager.default.createDirectory(atPath: folder("a.v14.bak"), withIntermediateDirectories: false)
    let before = try bytes(of: folder("a"))
    guard case .backup = reason({ try prepare(folder("a"), version: 13) }) else {
      Issue.record("the folder was no obstacle")
      return
    }
    #expect(try bytes(of: folder("a")) == before)
    #expect(folder.names == ["a", "a.v14.bak"])
  }

  /// Every maker of a table ends with `user_version`; one killed before that leaves 0.
  @Test func anUnfinishedFileIsKeptToo() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"), version: 13)
    try connect(folder("a")).execute("PRAGMA user_version = 0")
    #expect(try prepare(folder("a"), version: 13).keptAside?.path == folder("a.v0.bak"))
    try connect(folder("a")).execute("PRAGMA user_version = -5")
    #expect(try prepare(folder("a"), version: 13).keptAside?.path == folder("a.v-5.bak"))
  }

  @Test(arguments: [0, 13, 99])
  func anEmptyDatabaseIsNotKept(userVersion: Int) throws {
    let folder = try TemporaryFolder()
    try Database(path: folder("a"), access: .readWriteCreate).execute(
      "CREATE TABLE t (x); DROP TABLE t; PRAGMA user_version = \(userVersion)")
    let preparation = try prepare(folder("a"), version: 13)
    #expect(preparation.created && preparation.keptAside == nil)
    #expect(folder.names == ["a"])
  }

  @Test(arguments: [0, 1, 14])
  func somebodyElsesDatabaseIsNotTouched(userVersion: Int) throws {
    let folder = try TemporaryFolder()
    try Database(path: folder("a"), access: .readWriteCreate).execute(
      "CREATE TABLE customers (name); PRAGMA user_version = \(userVersion)")
    let before = try bytes(of: folder("a"))
    #expect(reason { try prepare(folder("a"), version: 13) } == .notTestmons)
    #expect(try bytes(of: folder("a")) == before)
    #expect(folder.names == ["a"])
  }

  @Test func aSymbolicLinkIsFollowed() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder("elsewhere"), withIntermediateDirectories: false)
    symlink("elsewhere/real", folder("a"))
    try prepare(folder("a"), version: 13)
    #expect(try prepare(folder("a"), version: 14).keptAside?.path == folder("a.v13.bak"))
    #expect(folder.names == ["a", "a.v13.bak", "elsewhere"])
    #expect(try DataFile.inspect(at: folder("elsewhere/real")).dataVersion == 14)
    let open = try connect(folder("a"))
    try open.execute("INSERT INTO metadata VALUES ('x', 'y')")
    #expect(try DataFile.inspect(at: folder("a")).hasContentInWAL)
  }

  /// What a kill leaves, looked at from outside in the middle of the replacement.
  @Test func killedHalfwayTheOldFileIsThere() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"), version: 13)
    try record((0..<2000).map { "test \($0)" }, for: 1, in: folder("a"))
    let database = try connect(folder("a"))
    // So small that uncommitted pages get into the log.
    try database.execute("PRAGMA cache_size = 2; PRAGMA wal_autocheckpoint = 0")
    #expect(throws: CancellationError.self) {
      try database.transaction {
        try database.dropEverything()
        try database.execute(DataVersion.v14.schema)
        try database.execute("PRAGMA user_version = 14")
        for number in 0..<100 { try database.execute("INSERT INTO metadata VALUES (\(number), zeroblob(3000))") }
        #expect(try bytes(of: folder("a-wal")).count > 100_000)
        try FileManager.default.copyItem(atPath: folder("a"), toPath: folder("b"))
        try FileManager.default.copyItem(atPath: folder("a-wal"), toPath: folder("b-wal"))
        throw CancellationError()
      }
    }
    for name in ["a", "b"] {
      let seen = try DataFile.inspect(at: folder(name))
      #expect(seen.dataVersion == 13 && seen.tests == 2000)
      #expect(try connect(folder(name)).value("PRAGMA integrity_check") == .text("ok"))
      #expect(try prepare(folder(name), version: 13).environmentID == 1)
    }
  }
}
