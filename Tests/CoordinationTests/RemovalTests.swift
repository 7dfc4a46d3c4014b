import FoundationEssentials
import Glibc
import Platform
import Testing

@testable import Coordination

/// However its folder looks at the end: a run ends, and removes nothing that isn't its own.
@Suite struct RemovalTests {
  private let project: ProjectFolder
  init() throws { project = try ProjectFolder() }

  @Test func theFolderHasBeenReplacedByALink() throws {
    let run = try project.begin(.command)
    try FileManager.default.removeItem(atPath: project.runFolder)
    symlink("/tmp", project.runFolder)
    #expect(try run.end() == .removed)
    #expect(Directory.isSymbolicLink(project.runFolder))
  }

  @Test func theFolderHasBeenReplacedByAnothersRun() throws {
    let run = try project.begin(.command)
    try FileManager.default.removeItem(atPath: project.runFolder)
    let other = try project.begin(.command)
    let before = project.names
    #expect(try run.end() == .removed)
    #expect(try project.names == before && other.folder.holder() == other.holder)
    #expect(try other.end() == .removed)
    #expect(project.names == nil)
  }

  @Test func theLockHasBeenReplacedByAnothersRun() throws {
    let run = try project.begin(.command)
    for name in ["lock", "session"] { unlink("\(project.runFolder)/\(name)") }
    let other = try project.begin(.command)
    _ = try other.publish(project.facts(), preparation, version: "0.1.0")
    let before = project.names
    #expect(try run.end() == .removed)
    #expect(project.names == before)
    #expect(try other.end() == .removed)
  }

  @Test func aFolderInAFilesPlaceIsNotOurs() throws {
    let run = try project.begin(.command)
    _ = try run.publish(project.facts(), preparation, version: "0.1.0")
    mkdir("\(project.runFolder)/worker_x_ready", 0o700)
    #expect(try run.end() == .left(["worker_x_ready"]))
    #expect(project.names == ["worker_x_ready"])
  }

  /// Workers that acknowledge while it is removed, fewer than it has patience for.
  @Test func lateAcknowledgementsAreRemovedToo() throws {
    for _ in 0..<20 {
      let run = try project.begin(.command)
      let folder = project.runFolder
      let workers = try Thread {
        for number in 0..<90 {
          close(open("\(folder)/worker_gw\(number)_ready", O_WRONLY | O_CREAT, 0o600))
          // So that both get their turns.
          usleep(20)
        }
      }
      while access("\(folder)/worker_gw0_ready", F_OK) != 0 {}
      #expect(try run.end() == .removed)
      workers.join()
      #expect(project.names == nil)
    }
  }
}
