import Glibc
import Platform
import Testing

@Suite struct EventLoopTests {
  private let loop = EventLoop()

  /// A test that goes wrong must not wait for ever.
  init() {
    let loop = loop
    loop.at(later) {
      Issue.record("nothing happened")
      loop.stop()
    }
  }

  @Test func alarmsComeInTheirOrder() throws {
    var rung: [Int] = []
    let now = Instant.now()
    loop.at(now.advanced(by: 0.06)) {
      rung.append(3)
      loop.stop()
    }
    loop.at(now.advanced(by: 0.03)) { rung.append(2) }
    loop.at(now.advanced(by: -1)) { rung.append(1) }
    try loop.run()
    #expect(rung == [1, 2, 3] && Instant.now() >= now.advanced(by: 0.06))
  }

  @Test func aDescriptorIsToldUntilItIsUnwatched() throws {
    let (first, firstEnd) = try FileDescriptor.pipe()
    let (second, secondEnd) = try FileDescriptor.pipe()
    var told: [Int] = []
    // Both can be read, and stay so.
    try firstEnd.writeAll([1])
    try secondEnd.writeAll([1])
    loop.watch(first) {
      told.append(1)
      loop.unwatch(first)
      loop.unwatch(second)
      loop.at(.now()) { loop.stop() }
    }
    loop.watch(second) { told.append(2) }
    try loop.run()
    #expect(told == [1])
  }

  @Test func theEndOfAPipeIsAnEvent() throws {
    let (input, end) = try FileDescriptor.pipe()
    var bytes: [[UInt8]?] = []
    loop.watch(input) {
      bytes.append(try input.read())
      end.close()
      if bytes.count == 2 { loop.stop() }
    }
    try end.writeAll([5])
    try loop.run()
    #expect(bytes == [[5], []])
  }

  @Test func theEndOfAProcessIsAnEvent() throws {
    let child = try ChildProcess(.arguments(["sh", "-c", "exit 3"]))
    loop.watch(child.handle.descriptor) { loop.stop() }
    try loop.run()
    #expect(child.wait() == .exited(3))
  }

  @Test func aHandlersErrorEndsIt() throws {
    loop.at(.now()) { throw SystemError(code: EIO, call: "test", subject: "") }
    #expect(throws: SystemError(code: EIO, call: "test", subject: "")) { try loop.run() }
  }

  @Test func whatHappensInAFolderIsAnEvent() throws {
    let folder = try TemporaryFolder()
    let directory = try folder.open()
    let watch = try DirectoryWatch(folder.path)
    var seen: [[String]] = []
    loop.watch(watch.descriptor) {
      watch.drain()
      let names = try directory.names()
      if seen.last != names { seen.append(names) }
      if names.isEmpty { loop.stop() } else { try directory.remove("file") }
    }
    try directory.write([1], to: "file")
    try loop.run()
    #expect(seen == [["file"], []])
    #expect(code { _ = try DirectoryWatch(folder("none")) } == ENOENT)
    #expect(code { _ = try DirectoryWatch("/etc/passwd") } == ENOTDIR)
  }
}

@Suite struct SurroundingsTests {
  @Test func fileSystemsAreTold() {
    #expect(FileSystemKind(of: "/proc") == .local)
    #expect(FileSystemKind(of: "/no/such/path") == .local)
  }

  @Test func theClockOnlyGoesForward() {
    let first = Instant.now()
    let second = Instant.now()
    #expect(first <= second && first < second.advanced(by: 0.001) && second.advanced(by: -1) < first)
    // This century.
    #expect((1.7e9..<5e9).contains(WallClock.now()))
  }
}
