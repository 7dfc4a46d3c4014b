import FoundationEssentials
import Glibc
import Testing

@testable import SQLite

@Suite struct SQLiteTests {
  @Test func valuesComeBackAsTheyWent() throws {
    let folder = try TemporaryFolder()
    let database = try Database(path: folder("a"), access: .readWriteCreate)
    try database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, value)")
    let values: [Value] = [
      .null, .integer(.min), .integer(.max), .integer(0), .real(-0.1), .real(.infinity), .text(""), .text("é🐍\n'\""),
      .text("before\0after"), .blob([]), .blob([0, 255, 1]), .text(String(repeating: "x", count: 100_000)),
    ]
    for value in values { try database.rows("INSERT INTO t (value) VALUES (?1)", value) }
    #expect(try database.rows("SELECT value FROM t ORDER BY id").map { $0[0] } == values)
    #expect(try database.rows("SELECT value FROM t").first?[7] == .null)
    #expect(try database.value("SELECT CAST(x'ff41' AS TEXT)") == .text("\u{FFFD}A"))
  }

  @Test(arguments: ["plain", "sp ace", "q'uo\"te", "a?mode=memory", "50%41#x", "new\nline", "é🐍", "\u{1}"])
  func pathsMayHoldAnyCharacter(name: String) throws {
    let folder = try TemporaryFolder()
    try Database(path: folder(name), access: .readWriteCreate).execute(
      "PRAGMA journal_mode = WAL; CREATE TABLE t (x); PRAGMA user_version = 7")
    #expect(folder.names == [name])
    for access in [Database.Access.readOnly, .readWrite, .immutable] {
      #expect(try Database(path: folder(name), access: access).value("PRAGMA user_version") == .integer(7))
    }
    #expect(try Database(path: "/" + folder(name), access: .immutable).value("PRAGMA user_version") == .integer(7))
  }

  /// The rest of it would need another working folder, which all tests share.
  @Test func relativeNamesHaveNoMeaningToSQLite() {
    #expect([":memory:", "file:a", "a", "/a"].map(Database.plainName) == ["./:memory:", "./file:a", "./a", "/a"])
  }

  @Test(arguments: ["", ":memory:", "file:x?mode=memory", "/dev/null", "/tmp", "/tmp/a\0b", "/nowhere/at/all"])
  func whatIsNoFileIsNotOpened(path: String) {
    #expect { try Database(path: path, access: .readOnly) } throws: { ($0 as? SQLiteError)?.code == 14 }
  }

  @Test(.timeLimit(.minutes(15)), arguments: ["", "-wal", "-shm", "-journal"])
  func pipesAreNotOpened(suffix: String) throws {
    let folder = try TemporaryFolder()
    if suffix != "" { try Database(path: folder("a"), access: .readWriteCreate).execute("CREATE TABLE t (x)") }
    mkfifo(folder("a" + suffix), 0o600)
    for access in [Database.Access.readOnly, .immutable, .readWrite, .readWriteCreate] {
      #expect { try Database(path: folder("a"), access: access) } throws: { ($0 as? SQLiteError)?.code == 14 }
    }
  }

  @Test func errorsCarryEverything() throws {
    let folder = try TemporaryFolder()
    let database = try Database(path: folder("a"), access: .readWriteCreate)
    try database.execute("CREATE TABLE t (x UNIQUE)")
    let insert = "INSERT INTO t VALUES (?1)"
    try database.rows(insert, .integer(1))
    #expect {
      try database.rows(insert, .integer(1))
    } throws: { error in
      let error = error as? SQLiteError
      return error?.extendedCode == 2067 && error?.code == 19 && error?.sql == insert && error?.path == folder("a")
        && error?.message == "UNIQUE constraint failed: t.x"
    }
    for broken in ["SELECT", "", "-- nothing", "SELECT ?1"] {
      #expect(throws: SQLiteError.self, "\(broken)") { try database.rows(broken, .null, .null) }
    }
  }

  @Test func aTransactionIsStoredWholeOrNotAtAll() throws {
    let folder = try TemporaryFolder()
    let database = try Database(path: folder("a"), access: .readWriteCreate)
    try database.execute("CREATE TABLE t (x UNIQUE)")
    #expect(throws: SQLiteError.self) {
      try database.transaction { try database.execute("INSERT INTO t VALUES (1); INSERT INTO t VALUES (1)") }
    }
    #expect(throws: CancellationError.self) {
      try database.transaction {
        try database.execute("INSERT INTO t VALUES (2); ROLLBACK")
        throw CancellationError()
      }
    }
    #expect(try database.value("SELECT count(*) FROM t") == .integer(0))
    #expect(
      try database.transaction { try database.rows("INSERT INTO t VALUES (3) RETURNING x") }.first?[0] == .integer(3))
    #expect(try Database(path: folder("a"), access: .readOnly).value("SELECT x FROM t") == .integer(3))
  }

  @Test func aLockIsWaitedForAndThenReported() throws {
    let folder = try TemporaryFolder()
    let holder = try Database(path: folder("a"), access: .readWriteCreate)
    let other = try Database(path: folder("a"), access: .readWrite, busyTimeout: .milliseconds(100))
    try holder.execute("BEGIN IMMEDIATE")
    let waited = ContinuousClock().measure {
      #expect { try other.transaction {} } throws: { ($0 as? SQLiteError)?.isBusy == true }
    }
    #expect(waited > .milliseconds(80))
    try holder.execute("COMMIT")
    try other.transaction {}
    for timeout in [
      Duration.seconds(Int64.max), .seconds(Int64.min), .seconds(-1), .seconds(Int64.max / 1000),
      .seconds(Int64.min / 1000),
    ] {
      _ = try Database(path: folder("a"), access: .readWrite, busyTimeout: timeout)
    }
  }

  /// Each of these waits would take the whole time again.
  @Test(.timeLimit(.minutes(10)))
  func onePieceOfWorkWaitsForAllLocksTogether() throws {
    let folder = try TemporaryFolder()
    let holder = try Database(path: folder("a"), access: .readWriteCreate)
    try holder.execute("BEGIN IMMEDIATE")
    let wait = BusyWait.inAll(.seconds(1))
    let waited = try ContinuousClock().measure {
      for _ in 0..<300 {
        let other = try Database(path: folder("a"), access: .readWrite, wait: wait)
        #expect { try other.transaction {} } throws: { ($0 as? SQLiteError)?.isBusy == true }
      }
    }
    #expect(waited > .milliseconds(800) && waited < .seconds(150))
  }

  /// A signal that is blocked, to be looked at afterwards. It is this thread's alone.
  @Test func whoIsAskedToEndDoesNotWaitForALock() throws {
    let folder = try TemporaryFolder()
    let holder = try Database(path: folder("a"), access: .readWriteCreate)
    let other = try Database(path: folder("a"), access: .readWrite, busyTimeout: .seconds(3600))
    try holder.execute("BEGIN IMMEDIATE")
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    var before = sigset_t()
    pthread_sigmask(SIG_BLOCK, &signals, &before)
    pthread_kill(pthread_self(), SIGTERM)
    #expect { try other.transaction {} } throws: { ($0 as? SQLiteError)?.isBusy == true }
    var arrived: Int32 = 0
    #expect(sigwait(&signals, &arrived) == 0 && arrived == SIGTERM)
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }

  @Test func aBackupHoldsWhatLiesInTheLog() throws {
    let folder = try TemporaryFolder()
    let database = try Database(path: folder("a"), access: .readWriteCreate)
    try database.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)")
    #expect(try bytes(of: folder("a")).count == 4096)
    try write([1, 2, 3], to: folder("old"))
    try database.backup(to: folder("b"))
    #expect(throws: SQLiteError.self) { try database.backup(to: folder("old")) }
    #expect(try Database(path: folder("b"), access: .immutable).value("SELECT x FROM t") == .integer(1))
    #expect(folder.names.filter { $0.hasPrefix("b") } == ["b"])
  }

  @Test func aCheckpointEmptiesTheLog() throws {
    let folder = try TemporaryFolder()
    let database = try Database(path: folder("a"), access: .readWriteCreate)
    try database.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)")
    try database.checkpointTruncate()
    #expect(try bytes(of: folder("a-wal")).isEmpty)
    #expect(try Database(path: folder("a"), access: .immutable).value("SELECT x FROM t") == .integer(1))
  }
}
