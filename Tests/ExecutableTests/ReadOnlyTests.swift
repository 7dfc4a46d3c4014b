import Glibc
import Testing

/// Readers write nothing: the bytes of the data file and of its log are the same before and after all that they do.
/// (The third file, `-shm`, is no data: all who have the file open keep their locks in it.)
@Suite struct ReadOnlyTests {
  /// One or more of each data version, and those that open the file read-only in workers or not.
  private static let releases = Extent.of(
    ["2.0.0", "2.0.6", "2.0.12", "2.0.13", "2.1.4", "2.2.0"], part: ["2.0.13", "2.2.0"])

  private struct Step: Sendable {
    let name: String
    let passed: Int
    var failed = 1
    var workers = 2
    var arguments: [String] = []
    var change: @Sendable (Project) throws -> Void = { _ in }
  }

  private static let steps: [Step] = [
    Step(name: "fresh, with a failing test", passed: 40),
    Step(name: "edit", passed: 20) { try $0.editAdd("b + a") },
    Step(name: "package added", passed: 40) { $0.pythonPath.append(try Surroundings.installed(.six)) },
    // Tests that run though nothing has changed are stored as forced; the next run takes that back.
    Step(name: "forced", passed: 40, arguments: ["--testmon-noselect"]),
    Step(name: "edit, selectors", passed: 20, failed: 0, arguments: ["--testmon-forceselect", "-k", "test_add"]) {
      try $0.editAdd("a + b")
    },
    Step(name: "crash", passed: 20, failed: 2, workers: 3) {
      try $0.editAdd("b + a")
      try $0.addTestThatKillsItsWorkerOnce()
    },
    Step(name: "nocollect", passed: 21, arguments: ["--testmon-nocollect"]) { try $0.editAdd("a + b") },
  ]

  @Test(arguments: releases)
  func workersWriteNothing(release: String) throws {
    let project = try Project(release)
    try project.addFortyTests()
    try project.write("def test_bad(): assert False\n", to: "tests/test_bad.py")
    var held = 0
    for (number, step) in Self.steps.enumerated() {
      try step.change(project)
      let arguments = ["--testmon", "-n", "2"] + step.arguments
      let outcome = try project.startPytest(.plugin, arguments + project.watchWorkers()).finish()
      let context: Comment = "step \(number + 1), \(step.name): \(outcome)"
      try #require(outcome.passed == step.passed && (outcome.failed ?? 0) == step.failed, context)
      #expect(outcome.alarms == [], context)
      let (run, looks) = try project.watched()
      #expect(run.before == run.after && run.before.count == 2, context)
      #expect(run.workers.count == step.workers && Set(looks.keys) == Set(run.workers), context)
      let modes = looks.values.joined().map(\.modes)
      #expect(!modes.contains([]) && Set(modes.joined()) == [O_RDONLY], "\(looks) \(context)")
      held += run.heldBack
    }
    // The controlling pytest had something to store, and no worker did it.
    #expect(held > Self.steps.count)
    // What was held back has been stored in the end.
    let next = try project.pytest(.plugin, "--testmon", "-n", "2")
    #expect(next.passed == 21 && next.failed == 1 && next.alarms == [], "\(next)")
  }

  @Test(arguments: releases)
  func whatRunsBelowAWorkerCommandWritesNothing(release: String) throws {
    let project = try Project(release)
    try project.addFortyTests()
    try project.write("def test_bad(): assert False\n", to: "tests/test_bad.py")
    #expect(try project.pytest(.wrapper, "--testmon", "-n", "2").passed == 40)
    try project.editAdd("b + a")
    let start = try project.testmonXdist("controller", "--detach")
    #expect(start.status == 0, "\(start)")
    let before = try project.dataBytes()
    for (arguments, passed) in [
      (["tests/test_add.py"], 20), ([], 20), (["-n", "2"], 20), (["--testmon-noselect"], 40),
      (["--testmon-forceselect", "-k", "mul"], 0),
    ] {
      let words = ["worker", "gw0", "--", "\(project.environment)/bin/pytest", "--testmon"] + arguments
      let outcome = try project.startTestmonXdist(words).finish()
      #expect((outcome.passed ?? 0) == passed && outcome.alarms == [], "\(arguments) \(outcome)")
      #expect(try project.dataBytes() == before, "\(arguments)")
    }
    #expect(try project.testmonXdist("cleanup").status == 0)
    #expect(try project.dataBytes() == before)
  }
}
