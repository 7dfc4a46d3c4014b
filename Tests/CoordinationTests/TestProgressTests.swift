import Testing

@testable import Coordination

@Suite struct TestProgressTests {
  private let project: ProjectFolder
  init() throws { project = try ProjectFolder() }

  private func progress(of id: String, done: Int = 1, selected: Int = 4, failed: Int = 0, left: Double? = 2.5)
    -> TestProgress
  {
    TestProgress(
      runID: id, timestamp: 1000,
      tests: TestProgress.Tests(done: done, selected: selected, failed: failed, secondsLeft: left))
  }

  @Test func itIsToldAndGoneWithTheRun() throws {
    let run = try project.begin(.pytest)
    #expect(run.folder.progress(of: run.id) == nil)
    for done in 0...4 {
      try project.put(JSON.encode(progress(of: run.id, done: done)), TestProgress.fileName)
      #expect(run.folder.progress(of: run.id) == progress(of: run.id, done: done))
    }
    #expect(run.folder.progress(of: "another") == nil)
    #expect(try run.end() == .removed)
    #expect(project.names == nil)
  }

  /// A pytest below a command has its own; when it ends, there is none.
  @Test func itEndsWithThePytest() throws {
    let outer = try project.beginForOthers(.command)
    let inner = try project.begin(.pytest, inside: outer.id)
    try project.put(JSON.encode(progress(of: inner.id)), TestProgress.fileName)
    #expect(inner.id == outer.id && outer.folder.progress(of: outer.id) != nil)
    #expect(try inner.end() == .removed)
    #expect(outer.folder.progress(of: outer.id) == nil)
    #expect(try outer.end() == .removed)
  }

  @Test func whatCanNotBeIsNotBelieved() throws {
    let run = try project.begin(.pytest)
    for wrong in [
      progress(of: run.id, done: 5), progress(of: run.id, done: -1), progress(of: run.id, failed: 2),
      progress(of: run.id, failed: -1), progress(of: run.id, done: 0, selected: -3), progress(of: run.id, left: -1),
      progress(of: run.id, left: 1e300),
    ] {
      try project.put(JSON.encode(wrong), TestProgress.fileName)
      #expect(run.folder.progress(of: run.id) == nil, "\(wrong)")
    }
    try project.put("{".utf8, TestProgress.fileName)
    #expect(run.folder.progress(of: run.id) == nil)
    #expect(try run.end() == .removed)
  }

  /// Whether anything below a command has found the run.
  @Test func aRunKnowsWhetherItWasFound() throws {
    let outer = try project.beginForOthers(.command)
    #expect(!outer.hasBeenFound)
    let inner = try project.begin(.pytest, inside: outer.id)
    #expect(try inner.end() == .removed)
    #expect(outer.hasBeenFound)
    #expect(try outer.end() == .removed)
    let other = try project.beginForOthers(.command)
    other.folder.noteThatPytestGoesOnAlone()
    #expect(other.hasBeenFound)
    #expect(try other.end() == .removed)
    #expect(project.names == nil)
  }
}
