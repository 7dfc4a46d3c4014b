import Glibc
import Platform
import Testing

@Suite struct DirectoryTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func onlyARealFolderIsOpened() throws {
    symlink(".", folder("link"))
    try folder.open().write([1], to: "file")
    #expect(code { _ = try Directory.open(folder("none")) } == ENOENT)
    #expect([ELOOP, ENOTDIR].contains(code { _ = try Directory.open(folder("link")) }))
    #expect(code { _ = try Directory.open(folder("file")) } == ENOTDIR)
  }

  @Test func aFolderIsMadeOnceAndRemovedWhenEmpty() throws {
    let path = folder("new")
    #expect(try Directory.make(path, mode: 0o700))
    #expect(try !Directory.make(path, mode: 0o755))
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o700)
    let new = try Directory.open(path)
    try new.write([1], to: "file")
    #expect(new.removeItself()?.code == ENOTEMPTY)
    try new.remove("file")
    try new.remove("file")
    #expect(new.removeItself() == nil && new.removeItself() == nil)
    #expect(access(path, F_OK) == -1)
  }

  /// Whatever is at its path now is another's, and stays.
  @Test func aFolderRemovesOnlyItself() throws {
    let path = folder("new")
    try Directory.make(path, mode: 0o700)
    let old = try Directory.open(path)
    rmdir(path)
    try Directory.make(path, mode: 0o700)
    #expect(old.removeItself() == nil && access(path, F_OK) == 0)
    #expect(try Directory.open(path).removeItself() == nil && access(path, F_OK) == -1)
  }

  @Test(arguments: [(0o700, true), (0o500, true), (0o710, false), (0o755, false), (0o701, false), (0o1777, false)])
  func whatOthersMayEnterIsNotOursAlone(mode: UInt32, isPrivate: Bool) throws {
    let directory = try folder.open()
    chmod(folder.path, mode)
    #expect(directory.privacyProblem?.reason == (isPrivate ? nil : .openToOthers(mode: mode)))
    chmod(folder.path, 0o700)
  }

  @Test func whatIsWrittenIsRead() throws {
    let directory = try folder.open()
    #expect(try directory.read("none") == nil)
    try directory.write([], to: "b")
    try directory.write([0, 255, 10], to: "a")
    try directory.write([7], to: "a")
    #expect(try directory.read("a") == [7] && directory.read("b") == [])
    #expect(try directory.names() == ["a", "b"])
    var status = stat()
    #expect(stat(folder("a"), &status) == 0 && status.st_mode & 0o777 == 0o600)
  }

  @Test func onlyASmallRegularFileIsRead() throws {
    let directory = try folder.open()
    mkfifo(folder("fifo"), 0o600)
    mkdir(folder("folder"), 0o700)
    symlink("/etc/passwd", folder("link"))
    try directory.write([UInt8](repeating: 1, count: 100), to: "large")
    #expect(code { _ = try directory.read("fifo") } == EINVAL)
    #expect(code { _ = try directory.read("folder") } == EINVAL)
    #expect(code { _ = try directory.read("link") } == ELOOP)
    #expect(code { _ = try directory.read("large", limit: 99) } == EFBIG)
    #expect(try directory.read("large", limit: 100)?.count == 100)
  }

  @Test func aWriteThatFailsLeavesNothing() throws {
    let directory = try folder.open()
    mkdir(folder("taken"), 0o700)
    #expect(code { try directory.write([1], to: "taken") } == EISDIR)
    #expect(try directory.names() == ["taken"])
    // A link is replaced, and not followed.
    symlink("victim", folder("link"))
    try directory.write([1], to: "link")
    #expect(try directory.read("link") == [1] && directory.names() == ["link", "taken"])
  }

  /// What happens to its path meanwhile changes nothing.
  @Test func itIsTheSameFolderAfterARename() throws {
    let outer = try folder.open()
    try Directory.make(folder("one"), mode: 0o700)
    let one = try Directory.open(folder("one"))
    rename(folder("one"), folder("two"))
    symlink("/tmp", folder("one"))
    try one.write([1], to: "file")
    #expect(try Directory.open(folder("two")).names() == ["file"])
    try one.remove("file")
    #expect(try outer.names() == ["one", "two"])
  }

  @Test(arguments: [EIO, ENOMEM])
  func aFolderThatCannotBeReadIsNotEmpty(error: Int32) throws {
    try folder.open().write([1], to: "file")
    let found = try FailingCall.getdents64(error).run { [folder] in code { _ = try folder.open().names() } }
    #expect(found == error)
    #expect(try folder.open().names() == ["file"])
  }

  @Test func readersSeeAllOrNothing() async throws {
    let writing = try folder.open()
    try writing.write([UInt8](repeating: 0, count: 100_000), to: "file")
    try await withThrowingTaskGroup { group in
      for writer in 1...2 {
        group.addTask { [folder] in
          let directory = try folder.open()
          for round in 0..<100 {
            let count = 50_000 * (1 + round % 3)
            try directory.write([UInt8](repeating: UInt8(writer * 100 + round % 50), count: count), to: "file")
          }
        }
      }
      group.addTask { [folder] in
        let directory = try folder.open()
        for _ in 0..<300 {
          let bytes = try #require(try directory.read("file"))
          #expect(Set(bytes).count == 1 && bytes.count % 50_000 == 0)
        }
      }
      try await group.waitForAll()
    }
    #expect(try writing.names() == ["file"])
  }
}
