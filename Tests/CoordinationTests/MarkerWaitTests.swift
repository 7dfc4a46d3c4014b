import Glibc
import Platform
import Testing

@testable import Coordination

@Suite struct MarkerWaitTests {
  private let project: ProjectFolder
  init() throws { project = try ProjectFolder() }

  /// So rare that only an event can end the wait in time.
  private static let hardly = MarkerWait.Polling(interval: 3600, factor: 1, maximum: 3600)

  private func wait(for runID: String? = nil, timeout: Double) throws -> Marker {
    var wait = MarkerWait(rootdir: project.path, runID: runID, polling: Self.hardly)
    return try wait.run(timeout: timeout).1
  }

  /// Whether the wait ends because of its timeout, and not before.
  private func isInVain(for runID: String? = nil) throws -> Bool {
    let deadline = Instant.now().advanced(by: 0.1)
    do {
      _ = try wait(for: runID, timeout: 0.1)
      return false
    } catch CoordinationError.timedOut(let waited, let folder) {
      return waited == 0.1 && folder == project.runFolder && Instant.now() >= deadline
    }
  }

  @Test func aReadyRunIsFoundAtOnce() throws {
    let run = try project.begin()
    let marker = try run.publish(project.facts(), preparation, version: "0.1.0")
    #expect(try wait(timeout: 120) == marker)
    #expect(try wait(for: run.id, timeout: 120) == marker)
    // It needn't take any time.
    #expect(try wait(timeout: 0) == marker)
    _ = try run.end()
  }

  @Test func nobodyComes() throws {
    #expect(try isInVain())
    let run = try project.begin()
    #expect(try isInVain())
    _ = try run.end()
    #expect(try isInVain())
  }

  /// Who asks for a certain run needn't wait: an id doesn't come back.
  private func isOver(_ runID: String) throws -> Bool {
    do {
      _ = try wait(for: runID, timeout: 120)
      return false
    } catch CoordinationError.ended(let found) {
      return found == runID
    }
  }

  @Test func anotherRunIsNotTheOne() throws {
    #expect(try isOver("another"))
    let run = try project.begin()
    _ = try run.publish(project.facts(), preparation, version: "0.1.0")
    #expect(try isOver("another"))
    _ = try run.end()
    #expect(try isOver(run.id))
  }

  @Test func theMarkerOfADeadRunIsNone() throws {
    let run = try project.begin()
    _ = try run.publish(project.facts(), preparation, version: "0.1.0")
    let marker = try #require(try project.bytes(Marker.fileName))
    let holder = try #require(try project.bytes("lock"))
    _ = try run.end()
    try project.put(marker, Marker.fileName)
    #expect(try isInVain())
    // Whatever the files say, nobody has the lock.
    try project.put(holder, "lock")
    #expect(try isInVain() && isOver(run.id))
  }

  /// The next run takes the lock before it clears away what the last one left.
  @Test func theMarkerOfADeadRunIsNoneForTheNext() throws {
    let dead = try project.begin()
    _ = try dead.publish(project.facts(), preparation, version: "0.1.0")
    let marker = try #require(try project.bytes(Marker.fileName))
    _ = try dead.end()
    let run = try project.begin()
    try project.put(marker, Marker.fileName)
    #expect(try isInVain() && isInVain(for: run.id))
    _ = try run.end()
  }

  @Test func aDamagedMarkerIsAnErrorAtOnce() throws {
    try project.put("{".utf8, Marker.fileName)
    #expect(distrust { _ = try wait(timeout: 120) }?.reason == "it is damaged")
    let run = try project.begin()
    try project.put("{".utf8, Marker.fileName)
    #expect(distrust { _ = try wait(timeout: 120) }?.reason == "it is damaged")
    _ = try run.end()
  }

  /// The folder appears while the wait begins, at any moment of that, and the marker in it a little later.
  @Test func aFolderThatIsMadeMeanwhileIsWatched() throws {
    let run = try project.begin()
    let marker = try run.publish(project.facts(), preparation, version: "0.1.0")
    let (folder, hidden) = (project.runFolder, "\(project.path)/hidden")
    let (path, hiddenPath) = ("\(folder)/\(Marker.fileName)", "\(folder)/hidden")
    for trial in 0..<200 {
      rename(path, hiddenPath)
      rename(folder, hidden)
      let moment = Instant.now().advanced(by: 0.002)
      let other = try Thread {
        while Instant.now() < moment.advanced(by: Double(trial) * 5e-7) {}
        rename(hidden, folder)
        // So that the one who waits does.
        usleep(500)
        rename(hiddenPath, path)
      }
      while Instant.now() < moment {}
      #expect(try wait(timeout: 120) == marker)
      other.join()
    }
    _ = try run.end()
  }

  @Test func anEventEndsTheWait() throws {
    let run = try project.begin()
    let marker = try run.publish(project.facts(), preparation, version: "0.1.0")
    let path = "\(project.runFolder)/\(Marker.fileName)"
    rename(path, "\(path).hidden")
    let later = try ChildProcess(
      .arguments(["sh", "-c", #"sleep 0.2; mv "$0.hidden" "$0""#, path]))
    #expect(try wait(timeout: 120) == marker)
    #expect(later.wait() == .exited(0))
    _ = try run.end()
  }
}
