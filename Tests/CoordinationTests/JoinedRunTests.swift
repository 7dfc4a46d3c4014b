import Glibc
import Platform
import Testing

@testable import Coordination

/// A pytest inside a run: below `controller -- COMMAND`, or in the shell script that holds one open.
@Suite struct JoinedRunTests {
  private let project: ProjectFolder
  init() throws { project = try ProjectFolder() }

  @Test func itGivesBackWhatItFound() throws {
    let outer = try project.beginForOthers()
    _ = try outer.publish(project.facts(), preparation, version: "0.1.0")
    try outer.folder.write(Acknowledgement("gw0", of: outer.id))
    let before = try (project.bytes(Marker.fileName), project.bytes("worker_gw0_ready"))
    for _ in 0..<2 {
      let inner = try project.begin(.pytest, inside: outer.id)
      #expect(inner is JoinedRun && inner.id == outer.id)
      #expect(try inner.folder.marker() == nil)
      let marker = try inner.publish(project.facts(environment: "inner"), preparation, version: "0.1.0")
      #expect(try inner.folder.marker() == marker && marker.environment.name == "inner")
      for worker in ["gw0", "gw1"] { try inner.folder.write(Acknowledgement(worker, of: inner.id)) }
      #expect(try inner.end() == .removed)
      #expect(try project.bytes(Marker.fileName) == before.0 && project.bytes("worker_gw0_ready") == before.1)
      #expect(try outer.folder.acknowledgements(of: outer.id).map(\.workerID) == ["gw0"])
      // It is still the command's.
      #expect(try outer.folder.holder() == outer.holder && outer.folder.isLive())
    }
    #expect(try outer.end() == .removed)
    #expect(project.names == nil)
  }

  @Test func aRunThatHasPreparedNothingMayBeJoined() throws {
    let outer = try project.beginForOthers()
    let inner = try project.begin(.pytest, inside: outer.id)
    _ = try inner.publish(project.facts(), preparation, version: "0.1.0")
    #expect(try inner.end() == .removed)
    #expect(try outer.folder.marker() == nil)
    #expect(try outer.end() == .removed)
    #expect(project.names == nil)
  }

  /// Programs as tox hide the variable: then it is an ancestor that tells.
  @Test(arguments: [Holder.Kind.command, .held])
  func anAncestorsRunIsJoinedWithoutAnyVariable(kind: Holder.Kind) throws {
    let outer = try project.beginForOthers(kind, starter: parent)
    let inner = try project.begin(.pytest)
    #expect(inner is JoinedRun && inner.id == outer.id)
    #expect(try inner.end() == .removed && outer.end() == .removed)
    #expect(project.names == nil)
  }

  /// The id in the environment is that of a run long gone: this one is a run of its own.
  @Test func thereIsNothingToJoin() throws {
    let run = try project.begin(.pytest, inside: "gone")
    #expect(run is WholeRun && run.id != "gone")
    #expect(try run.folder.holder()?.kind == .pytest)
    #expect(try run.end() == .removed)
    #expect(project.names == nil)
  }

  // MARK: in vain

  /// Whose end is in vain to wait for, as the request says at once; nil where it doesn't.
  private func inside(_ kind: Holder.Kind, named outer: String? = nil) throws -> Holder? {
    do {
      let request = RunRequest(rootdir: project.path, kind: kind, owner: own, outerID: outer, lockTimeout: 120)
      _ = try request.begin { _, _ in Issue.record("somebody to wait for") }
    } catch CoordinationError.inside(let holder) {
      return holder
    }
    return nil
  }

  /// As a test that starts another pytest in the same project.
  @Test(arguments: [Holder.Kind.pytest, .command, .held])
  func nobodyWaitsForAPytestThatIsAnAncestor(kind: Holder.Kind) throws {
    let outer = try project.begin(.pytest, owner: parent)
    #expect(try inside(kind) == outer.holder)
    #expect(try outer.end() == .removed)
  }

  /// The same where the outer pytest has joined a command's run, or has outlived it.
  @Test(arguments: [false, true])
  func nobodyWaitsForAJoinedPytestThatIsAnAncestor(outlives: Bool) throws {
    var command: WholeRun? = try project.beginForOthers()
    let outer = try project.begin(.pytest, owner: parent, inside: command?.id)
    if outlives { command = nil }
    #expect(try inside(.pytest, named: outer.id) == outer.holder)
    #expect(try outer.end() == .removed)
    #expect(try command?.end() ?? .removed == .removed)
    #expect(project.names == nil)
  }

  @Test(arguments: [Holder.Kind.command, .held])
  func noRunIsHeldOpenInsideAnother(kind: Holder.Kind) throws {
    let outer = try project.beginForOthers(kind)
    #expect(try inside(.held, named: outer.id) == outer.holder)
    #expect(try outer.end() == .removed)
  }

  // MARK: outliving the controller

  /// A pytest that has joined a run whose controller is killed: with the last reference to that its locks go.
  private func orphan() throws -> any Run {
    let command = try project.beginForOthers()
    return try project.begin(.pytest, inside: command.id)
  }

  @Test func noRunBeginsBesideAPytestThatHasOutlivedItsController() throws {
    let inner = try orphan()
    let marker = try inner.publish(project.facts(), preparation, version: "0.1.0")
    #expect(try inner.folder.isLive() && inner.folder.holder() == inner.holder)
    let second = Result {
      try RunRequest(rootdir: project.path, kind: .pytest, owner: own, lockTimeout: 0.3).begin { holder, _ in
        #expect(holder == inner.holder)
      }
    }
    guard case .failure(CoordinationError.held(inner.holder, 0.3)) = second else {
      Issue.record("\(second)")
      return
    }
    // Nothing of the live one's has been touched, and its workers find it.
    #expect(try project.bytes(Marker.fileName) == JSON.encode(marker))
    var wait = MarkerWait(
      rootdir: project.path, runID: inner.id, polling: .init(interval: 3600, factor: 1, maximum: 3600))
    #expect(try wait.run(timeout: 120).1 == marker)
    #expect(try Leftovers(in: project.path).remove() == .inUse(by: inner.holder))
    // Nobody else is left to do it.
    #expect(try inner.end() == .removed)
    #expect(project.names == nil)
  }

  /// The next run waits for it: then the folder is that one's.
  @Test func itsEndLeavesTheNextRunAlone() throws {
    let inner = try orphan()
    _ = try inner.publish(project.facts(), preparation, version: "0.1.0")
    let next = try #require(try FileLock.take("lock", in: inner.folder.directory))
    #expect(try inner.end() == .removed)
    #expect(next.isInPlace && project.names == [".gitignore", "lock", "session"])
  }

  @Test func aRunThatEndsBeforeAPytestInItLeavesTheFolderToThat() throws {
    let command = try project.beginForOthers()
    let inner = try project.begin(.pytest, inside: command.id)
    #expect(try command.end() == .inUse(by: inner.holder))
    #expect(try inner.folder.isLive())
    #expect(try inner.end() == .removed)
    #expect(project.names == nil)
  }
  /// As where both have been asked to end, and the pytest takes a moment longer.
  @Test func aRunThatEndsWaitsForAPytestInItThatIsAboutToEnd() throws {
    let command = try project.beginForOthers()
    nonisolated(unsafe) let inner = try project.begin(.pytest, inside: command.id)
    let folder = project.runFolder
    let pytest = try Thread {
      for _ in 0..<100 where !isWaitedFor("\(folder)/session") { usleep(10_000) }
      _ = try? inner.end()
    }
    #expect(try command.end() == .removed)
    pytest.join()
    #expect(project.names == nil)
  }
}

/// Whether somebody waits for the lock on a file, as proc_locks(5) tells with an arrow.
private func isWaitedFor(_ path: String) -> Bool {
  var status = stat()
  guard stat(path, &status) == 0, let locks = fopen("/proc/locks", "re") else { return false }
  defer { fclose(locks) }
  var line = [CChar](repeating: 0, count: 256)
  while fgets(&line, Int32(line.count), locks) != nil {
    let words = line.prefix { $0 != 0 }.split(separator: CChar(UInt8(ascii: " "))).map {
      String(decoding: $0.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
    if words.contains("->") && words.contains(where: { $0.hasSuffix(":\(status.st_ino)") }) { return true }
  }
  return false
}
