import Glibc
import Testing

@testable import Coordination

/// What doctor does with a run's folder leaves no trace.
@Suite struct RehearsalTests {
  private let project: ProjectFolder
  init() throws { project = try ProjectFolder() }

  @Test func aRunCouldBegin() throws {
    #expect(try RunFolder.rehearse(in: project.path))
    #expect(project.names == nil)
    // A mount point is there before its run.
    mkdir(project.runFolder, 0o700)
    #expect(try RunFolder.rehearse(in: project.path))
    #expect(project.names == [])
  }

  @Test func aLiveRunIsNotWaitedFor() throws {
    for isJoinable in [false, true] {
      let run = isJoinable ? try project.beginForOthers() : try project.begin(.command)
      let before = project.names
      #expect(try !RunFolder.rehearse(in: project.path))
      #expect(project.names == before)
      #expect(try run.end() == .removed)
    }
  }

  @Test func leftoversStay() throws {
    try project.put([], "lock")
    try project.put([], "worker_gw0_ready")
    #expect(try RunFolder.rehearse(in: project.path))
    #expect(project.names == ["lock", "worker_gw0_ready"])
  }

  @Test func whatIsNotOursIsRefused() throws {
    symlink("/tmp", project.runFolder)
    #expect(distrust { _ = try RunFolder.rehearse(in: project.path) }?.reason == "it is a symbolic link")
  }
}
