import Glibc
import Platform
import Testing

/// Processes that die in the middle of a run.
@Suite struct DeathTests {
  @Test func theRunOfAKilledPytestEnds() throws {
    let project = try Project()
    try project.addWaitingTest()
    let pytest = try project.startPytest(.plugin, ["--testmon", "-n", "2"])
    try project.waitForFile("started")
    pytest.send(SIGKILL)
    #expect(try pytest.finish().status == 137)
    try project.waitForNoRunFolder()
    try project.write("", to: "go")
    let next = try project.pytest(.plugin, "--testmon", "-n", "2")
    #expect(next.status == 0 && next.alarms == [] && !project.hasRunFolder, "\(next)")
    #expect(try project.history().map(\.outcome) == ["finished", "died"])
  }

  @Test func aRunOutlivesItsController() throws {
    let project = try Project()
    try project.addWaitingTest()
    let pytest = try project.startPytest(.plugin, ["--testmon", "-n", "2"])
    try project.waitForFile("started")
    let run = try #require(project.status().run)
    #expect(run.kind == "pytest" && run.state == "ready" && run.owner?.pid == pytest.pid)
    try Project.kill(#require(run.controller?.pid))
    // The tests go on all the same.
    try project.write("", to: "go")
    let outcome = try pytest.finish()
    #expect(outcome.status == 0 && outcome.passed == 5 && outcome.alarms == [], "\(outcome)")
    // Its pytest has seen what it left.
    #expect(!project.hasRunFolder)
    #expect(try project.history().map(\.outcome) == [nil])
  }

  @Test(arguments: [true, false])
  func whatIsLeftWhenBothAreKilledIsTakenOver(cleanup: Bool) throws {
    let project = try Project()
    try project.addWaitingTest()
    let pytest = try project.startPytest(.plugin, ["--testmon", "-n", "2"])
    try project.waitForFile("started")
    try Project.kill(#require(project.status().run?.controller?.pid))
    pytest.send(9)
    try pytest.finish()
    try project.write("", to: "go")

    #expect(project.hasRunFolder)
    #expect(try project.status().run?.state == "dead")
    #expect(try project.testmonXdist("status").output.contains("dead"))
    if cleanup {
      let dry = try project.testmonXdist("cleanup", "--dry-run")
      #expect(dry.status == 0 && dry.output.contains("would remove") && project.hasRunFolder, "\(dry)")
      let real = try project.testmonXdist("cleanup")
      #expect(real.status == 0 && real.output.contains("removed") && !project.hasRunFolder, "\(real)")
    }
    let next = try project.pytest(.plugin, "--testmon", "-n", "2")
    // What had been stored before needn't run again.
    #expect(next.status == 0 && (1...5).contains(next.passed ?? 0) && next.alarms == [], "\(next)")
    #expect(!project.hasRunFolder)
    #expect(try project.history().map(\.outcome) == ["finished", "died"])
  }

  @Test func afterAKilledWrapperTheNextRunWorks() throws {
    let project = try Project()
    try project.addWaitingTest()
    let wrapper = try project.startPytest(.wrapper, ["--testmon", "-n", "2"])
    try project.waitForFile("started")
    let owner = try #require(project.status().run?.owner?.pid)
    #expect(owner != wrapper.pid)
    let pytest = try #require(ProcessHandle(pid: owner))
    wrapper.send(SIGKILL)
    #expect(try wrapper.finish().status == 137)
    try project.write("", to: "go")
    #expect(pytest.waitForEnd(until: .now().advanced(by: Process.patience)))
    let next = try project.pytest(.wrapper, "--testmon", "-n", "2")
    #expect(next.status == 0 && next.alarms == [] && !project.hasRunFolder, "\(next)")
  }

  /// xdist replaces a worker that dies by one with another name.
  @Test(arguments: [Way.plugin, .wrapper])
  func theReplacementOfAKilledWorkerAcknowledges(way: Way) throws {
    let project = try Project()
    try project.addFourTests()
    try project.addTestThatKillsItsWorkerOnce()
    let outcome = try project.startPytest(way, ["--testmon", "-n", "2"]).finish()
    #expect(outcome.status == 1 && outcome.failed == 1 && outcome.passed == 4, "\(outcome)")
    #expect(outcome.text.contains("crashed") && outcome.alarms == [] && !project.hasRunFolder, "\(outcome)")
    #expect(try project.history().first?.workers.map(\.id).sorted() == ["gw0", "gw1", "gw2"])
    // What the dead worker hadn't done runs now.
    let next = try project.startPytest(way, ["--testmon", "-n", "2"]).finish()
    #expect(next.status == 0 && next.passed == 1 && next.alarms == [], "\(next)")
  }

  @Test func aHeldRunOfAKilledControllerIsDead() throws {
    let project = try Project()
    #expect(try project.testmonXdist("controller", "--detach").status == 0)
    try Project.kill(#require(project.status().run?.controller?.pid))
    #expect(try project.status().run?.state == "dead")
    // No live run has made its data ready, whatever the marker says.
    #expect(try project.testmonXdist("worker", "gw0", "--timeout", "0.1").status == 3)
    #expect(try project.testmonXdist("controller", "--detach").status == 0)
    #expect(try project.testmonXdist("worker", "gw0").status == 0)
    #expect(try project.testmonXdist("cleanup").status == 0)
    #expect(!project.hasRunFolder)
  }

  /// While the kernel ends a process its lock is held, and nobody can see by whom.
  @Test func aRunThatHasJustBeenKilledIsDead() throws {
    let project = try Project()
    for _ in 1...10 {
      try #require(project.testmonXdist("controller", "--detach").status == 0)
      let pid = try #require(project.status().run?.controller?.pid)
      let outcome = try project.run([
        "/bin/sh", "-c", #"kill -9 "$1"; exec "$0" cleanup"#, Surroundings.executable, "\(pid)",
      ])
      #expect(outcome.status == 0 && !project.hasRunFolder, "\(outcome)")
    }
  }

  /// The shell that started a run in the foreground is gone: so is the run.
  @Test func aHeldRunEndsWithTheShellThatStartedIt() throws {
    let project = try Project()
    let shell = try project.start(
      ["/bin/sh", "-c", #""$0" controller & wait"#, Surroundings.executable])
    try shell.waitForOutput("is ready for workers")
    shell.send(SIGKILL)
    try shell.finish()
    try project.waitForNoRunFolder()
  }
}

extension Project {
  /// Kills a process below one of ours, and waits until it is gone.
  fileprivate static func kill(_ pid: Int32) throws {
    let process = try #require(ProcessHandle(pid: pid))
    process.send(SIGKILL)
    #expect(process.waitForEnd(until: .now().advanced(by: Process.patience)))
  }
}
