import Glibc
import Platform
import Testing

@Suite struct FileLockTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func onlyOneHasIt() throws {
    let directory = try folder.open()
    #expect(try !FileLock.isHeld("lock", in: directory))
    #expect(try directory.names() == [])
    let lock = try #require(try FileLock.take("lock", in: directory))
    #expect(try FileLock.isHeld("lock", in: directory))
    #expect(try FileLock.take("lock", in: directory) == nil)
    // The look was no lock.
    #expect(try FileLock.isHeld("lock", in: directory))
    lock.release()
    #expect(try !FileLock.isHeld("lock", in: directory))
    #expect(try FileLock.take("lock", in: directory) != nil)
  }

  @Test func itGoesWithItsLastReference() throws {
    let directory = try folder.open()
    do { _ = try #require(try FileLock.take("lock", in: directory)) }
    #expect(try FileLock.take("lock", in: directory) != nil)
  }

  @Test func whatItsHolderWritesReplacesWhatWasThere() throws {
    let directory = try folder.open()
    try directory.write(Array("of the one before, who is dead".utf8), to: "lock")
    let lock = try #require(try FileLock.take("lock", in: directory))
    try lock.write(Array("mine".utf8))
    #expect(try directory.read("lock") == Array("mine".utf8))
    #expect(try FileLock.isHeld("lock", in: directory))
  }

  /// Its holder removes the file with the run: who opened it before has a lock on nothing.
  @Test func aRemovedFileIsNotLocked() throws {
    let directory = try folder.open()
    let first = try #require(try FileLock.take("lock", in: directory))
    try directory.remove("lock")
    #expect(!first.isInPlace)
    let second = try #require(try FileLock.take("lock", in: directory))
    #expect(second.isInPlace && !first.isInPlace)
    first.release()
    #expect(try FileLock.take("lock", in: directory) == nil)
    second.release()
    rmdir(folder.path)
    remove(folder("lock"))
    rmdir(folder.path)
    #expect(code { _ = try FileLock.take("lock", in: directory) } == ENOENT)
    #expect(try !FileLock.isHeld("lock", in: directory))
  }

  /// Who has waited for a file that is gone then begins anew, with the one that is there.
  @Test func aFileThatIsRemovedMeanwhileIsNotTheOne() throws {
    let directory = try folder.open()
    let child = try lockedByChild(["sh", "-c", #"sleep 0.2; rm "$0""#, folder("lock")], in: folder)
    let lock = try #require(try FileLock.wait(for: "lock", in: directory, until: later))
    #expect(try directory.names() == ["lock"] && FileLock.isHeld("lock", in: directory))
    #expect(child.wait() == .exited(0))
    lock.release()
  }

  @Test func aLinkIsNotFollowed() throws {
    symlink("/dev/null", folder("lock"))
    let directory = try folder.open()
    #expect(code { _ = try FileLock.take("lock", in: directory) } == ELOOP)
  }

  @Test func itGoesWithTheProcess() throws {
    let directory = try folder.open()
    let (input, end) = try FileDescriptor.pipe()
    let child = try lockedByChild(["cat"], in: folder, input)
    #expect(try FileLock.isHeld("lock", in: directory))
    #expect(try FileLock.take("lock", in: directory) == nil)
    child.handle.send(SIGKILL)
    #expect(child.wait() == .signaled(SIGKILL))
    end.close()
    #expect(try directory.names() == ["lock"])
    #expect(try FileLock.take("lock", in: directory) != nil)
  }

  /// What a lock file says, anybody may have written.
  @Test func whoHasItIsTheKernelsWord() throws {
    let directory = try folder.open()
    #expect(!FileLock.isHeld("lock", in: directory, by: getpid()))
    let lock = try #require(try FileLock.take("lock", in: directory))
    #expect(FileLock.isHeld("lock", in: directory, by: getpid()))
    #expect(!FileLock.isHeld("other", in: directory, by: getpid()) && !FileLock.isHeld("lock", in: directory, by: 1))
    lock.release()
    let child = try lockedByChild(["sleep", "600"], in: folder)
    #expect(FileLock.isHeld("lock", in: directory, by: child.pid))
    // Who has it open doesn't have it.
    let file = FileDescriptor(open(folder("lock"), O_RDWR | O_CLOEXEC))
    #expect(!FileLock.isHeld("lock", in: directory, by: getpid()))
    file.close()
    child.handle.send(SIGKILL)
    _ = child.wait()
    #expect(!FileLock.isHeld("lock", in: directory, by: child.pid))
  }

  @Test func whoWaitsGivesUpAtTheDeadline() throws {
    let directory = try folder.open()
    let lock = try #require(try FileLock.take("lock", in: directory))
    let deadline = Instant.now().advanced(by: 0.1)
    #expect(try FileLock.wait(for: "lock", in: directory, until: deadline) == nil)
    #expect(Instant.now() >= deadline)
    // Also where it has passed already.
    #expect(try FileLock.wait(for: "lock", in: directory, until: deadline) == nil)
    #expect(try FileLock.isHeld("lock", in: directory))
    lock.release()
    #expect(try FileLock.wait(for: "lock", in: directory, until: deadline) != nil)
  }

  @Test func whoWaitsGetsItWhenItsHolderDies() throws {
    let directory = try folder.open()
    let child = try lockedByChild(["sleep", "0.2"], in: folder)
    #expect(try FileLock.wait(for: "lock", in: directory, until: later) != nil)
    #expect(child.wait() == .exited(0))
  }
}

/// Starts a process that holds the lock for as long as it lives.
private func lockedByChild(
  _ words: [String], in folder: TemporaryFolder, _ input: FileDescriptor? = nil
) throws -> ChildProcess {
  let file = FileDescriptor(open(folder("lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
  try #require(flock(file.raw, LOCK_EX | LOCK_NB) == 0)
  var descriptors: [Int32: FileDescriptor] = [3: file]
  if let input { descriptors[0] = input }
  // From here on the child alone has it.
  defer { file.close() }
  return try ChildProcess(.arguments(words), descriptors: descriptors)
}
