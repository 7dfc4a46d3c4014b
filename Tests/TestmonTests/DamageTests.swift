import FoundationEssentials
import Glibc
import SQLite
import Testing

@testable import Testmon

/// No file, whatever is in it, may do more than make an error with a sentence.
@Suite(.timeLimit(.minutes(15))) struct DamageTests {
  /// Calls everything there is on a path; whether it works doesn't matter here.
  private func useAll(_ path: String) -> [DataFileError.Reason] {
    var reasons: [DataFileError.Reason] = []
    func note(_ body: () throws -> Void) { if let reason = reason(body) { reasons.append(reason) } }
    note { _ = try DataFile.inspect(at: path) }
    note { _ = try DataFile.verify(at: path, dataVersion: 13, environmentID: 1) }
    note { try prepare(path, key(packagesB), keep: 1) }
    note { try DataFile.fold(at: path) }
    return reasons
  }

  @Test func noise() throws {
    let folder = try TemporaryFolder()
    var random = SystemRandomNumberGenerator()
    for length in [1, 15, 16, 99, 100, 511, 512, 4096, 70_000] {
      let noise = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      try write(noise, to: folder("a"))
      // SQLite takes up to 511 bytes for an empty file where nothing contradicts.
      if length >= 512 { #expect(useAll(folder("a")) == [.corrupt, .corrupt, .corrupt, .corrupt]) }
      if length >= 512 { #expect(try bytes(of: folder("a")) == Data(noise)) }
      _ = useAll(folder("a"))
      for name in folder.names { unlink(folder(name)) }
    }
  }

  @Test func truncatedAndHeaderOnly() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("whole"))
    try record((0..<200).map { "test \($0)" }, for: 1, in: folder("whole"))
    let whole = try bytes(of: folder("whole"))
    for length in [
      16, 99, 100, 101, 1000, 4095, 4096, 4097, 8192, whole.count / 2, whole.count - 4096, whole.count - 1,
    ] {
      try write(whole.prefix(length), to: folder("a"))
      let reasons = useAll(folder("a"))
      if length == 4096 { #expect(reasons.allSatisfy { $0 == .corrupt } && reasons.count >= 2) }
      for name in folder.names where name != "whole" { unlink(folder(name)) }
    }
  }

  @Test func flippedBytes() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("whole"))
    try record((0..<50).map { "test \($0)" }, for: 1, in: folder("whole"))
    let whole = try bytes(of: folder("whole"))
    for _ in 0..<150 {
      var damaged = whole
      for _ in 0..<Int.random(in: 1...20) {
        // Half of them where the structure is.
        let index = Bool.random() ? Int.random(in: 0..<200) : Int.random(in: 0..<damaged.count)
        damaged[index] = UInt8.random(in: 0...255)
      }
      try write(damaged, to: folder("a"))
      for reason in useAll(folder("a")) { #expect(!DataFileError(path: "p", reason: reason).description.isEmpty) }
      for name in folder.names where name != "whole" { unlink(folder(name)) }
    }
  }

  @Test func zeroBytesIsANewFile() throws {
    let folder = try TemporaryFolder()
    try write([], to: folder("a"))
    #expect(try DataFile.inspect(at: folder("a")).environments.isEmpty)
    #expect(try prepare(folder("a")).created)
  }

  @Test func noiseInPlaceOfTheLog() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"))
    try record(["t1"], for: 1, in: folder("a"))
    try write((0..<50_000).map { _ in UInt8.random(in: 0...255) }, to: folder("a-wal"))
    #expect(try DataFile.inspect(at: folder("a")).tests == 1)
    #expect(try prepare(folder("a")).environmentID == 1)
    #expect(try count("test_execution", in: folder("a")) == 1)
  }

  @Test func whatIsNoFile() throws {
    let folder = try TemporaryFolder()
    mkfifo(folder("pipe"), 0o600)
    symlink("loop", folder("loop"))
    try write([], to: folder("file"))
    func expect(_ path: String, _ expected: DataFileError.Reason, prepared: DataFileError.Reason? = nil) {
      let reasons = useAll(path)
      #expect(reasons == [expected, expected, prepared ?? expected, expected], "\(path)")
    }
    expect(folder.path, .directory)
    expect(folder("pipe"), .special)
    expect("/dev/zero", .special)
    expect(folder("loop"), .unreadable(ELOOP))
    expect(folder("file/x"), .unreadable(ENOTDIR))
    expect(folder(String(repeating: "x", count: 300)), .unreadable(ENAMETOOLONG))
    expect(folder("a\0b"), .unreadable(EINVAL))
    expect(folder("nowhere/a"), .missing, prepared: .noFolder)
    // A folder that not even root can write to.
    expect("/proc/.testmondata", .missing, prepared: .unreadable(ENOENT))
    #expect(folder.names == ["file", "loop", "pipe"])
  }

  @Test func aMissingFileStaysMissing() throws {
    let folder = try TemporaryFolder()
    symlink("target", folder("link"))
    for name in ["a", "link"] {
      #expect(reason { _ = try DataFile.inspect(at: folder(name)) } == .missing)
      #expect(reason { _ = try DataFile.verify(at: folder(name), dataVersion: 13, environmentID: 1) } == .missing)
      #expect(reason { try DataFile.fold(at: folder(name)) } == .missing)
    }
    #expect(folder.names == ["link"])
    #expect(try prepare(folder("link")).created)
    #expect(folder.names == ["link", "target"])
  }

  @Test func anUnknownDataVersionTouchesNothing() throws {
    let folder = try TemporaryFolder()
    #expect(reason { try prepare(folder("a"), version: 99) } == .unknownDataVersion(99))
    #expect(reason { try prepare(folder("a"), version: -1) } == .unknownDataVersion(-1))
    #expect(folder.names.isEmpty)
    try prepare(folder("a"))
    let before = try bytes(of: folder("a"))
    #expect(reason { try prepare(folder("a"), version: 15) } == .unknownDataVersion(15))
    #expect(try bytes(of: folder("a")) == before)
  }

  @Test func missingTablesAndColumns() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"))
    try connect(folder("a")).execute("DROP TABLE file_fp; ALTER TABLE environment RENAME COLUMN system_packages TO p")
    let missing = ["filename", "fsha", "id", "method_checksums", "mtime"].map { "file_fp.\($0)" }
    #expect(reason { try prepare(folder("a")) } == .incomplete(missing: ["environment.system_packages"] + missing))
    #expect(try DataFile.inspect(at: folder("a")).environments.isEmpty)
  }

  @Test func aLockedFile() throws {
    let folder = try TemporaryFolder()
    try prepare(folder("a"))
    let holder = try connect(folder("a"))
    try holder.execute("BEGIN IMMEDIATE; INSERT INTO metadata VALUES ('x', 'y')")
    #expect(
      reason {
        _ = try DataFile.prepare(
          at: folder("a"), dataVersion: 13, environment: key(), keep: 4, now: noon, busyTimeout: .milliseconds(50))
      } == .locked)
    #expect(reason { try DataFile.fold(at: folder("a"), busyTimeout: .milliseconds(50)) } == .locked)
    // Readers aren't in anybody's way.
    #expect(try DataFile.verify(at: folder("a"), dataVersion: 13, environmentID: 1) == key())
    #expect(try DataFile.inspect(at: folder("a")).environments.count == 1)
  }

  /// Root can do everything, so what others run into is shown by SQLite's codes.
  @Test(
    arguments: [
      (8, 0, .readOnly), (264, 0, .readOnly), (776, 0, .interrupted), (14, EACCES, .unreadable(EACCES)),
      (3, 0, .unreadable(0)),
      (266, EIO, .unreadable(EIO)), (522, 0, .corrupt), (11, 0, .corrupt), (267, 0, .corrupt), (26, 0, .corrupt),
      (13, ENOSPC, .full), (5, 0, .locked), (261, 0, .locked), (6, 0, .locked), (1, 0, .other("words")),
    ] as [(Int32, Int32, DataFileError.Reason)])
  func codesAndReasons(code: Int32, number: Int32, expected: DataFileError.Reason) {
    let error = SQLiteError(extendedCode: code, message: "words", path: "p", systemError: number)
    #expect(DataFileError(path: "p", error).reason == expected)
  }

  @Test func everyReasonNamesTheFileAndANextStep() {
    let reasons: [DataFileError.Reason] = [
      .missing, .noFolder, .directory, .special, .corrupt, .unreadable(EACCES), .unreadable(0), .readOnly, .full,
      .interrupted, .locked,
      .unknownDataVersion(99), .otherDataVersion(found: 12, expected: 13), .notTestmons, .incomplete(missing: ["a.b"]),
      .notWAL(mode: "delete"), .noEnvironment(3), .backup("b", "no space"),
      .noTemporaryFolder("/t", "no space"), .tooManyCopies, .other("words"),
    ]
    for path in ["/p/.testmondata", "it's here/.testmondata", "", "/", ".testmondata"] {
      for reason in reasons {
        let sentence = DataFileError(path: path, reason: reason).description
        #expect(sentence.hasPrefix("The data file \(path) ") && sentence.contains(": ") || sentence.contains(". "))
      }
    }
    #expect(
      DataFileError(path: "it's here", reason: .corrupt).description
        == """
        The data file it's here is damaged or isn't a SQLite database. Move it away, and testmon makes a new one: \
        mv 'it'\\''s here' 'it'\\''s here.corrupt'
        """)
    #expect(
      DataFileError(path: "d/.testmondata", reason: .unreadable(EACCES)).description
        == "The data file d/.testmondata can't be opened: Permission denied. Look at it and its folder: "
        + "ls -ld d/.testmondata d")
  }
}
