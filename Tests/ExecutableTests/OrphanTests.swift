import Glibc
import Platform
import Testing

/// A pytest that goes on when the controller that it was started below has ended: nobody begins a run beside it.
@Suite struct OrphanTests {
  /// How the wrapper is taken away from its pytest.
  enum Ending: CaseIterable {
    /// The wrapper itself.
    case killed
    /// The shell that it runs, which ends without the pytest that it waits for.
    case terminated
  }

  @Test(arguments: Ending.allCases)
  func noRunBeginsBesideIt(ending: Ending) throws {
    let project = try Project()
    try project.installPlugin()
    try project.addWaitingTest()
    let script = "pytest --testmon -n 2 >out.txt 2>&1; true"
    let wrapper = try project.startTestmonXdist(["controller", "--", "sh", "-c", script])
    try project.waitForFile("started")
    wrapper.send(ending == .killed ? SIGKILL : SIGTERM)
    let outcome = try wrapper.finish()
    #expect(outcome.status == (ending == .killed ? 137 : 143), "\(outcome)")
    if ending == .terminated { #expect(outcome.errors.contains("the run of pytest (pid "), "\(outcome)") }

    let run = try #require(project.status().run)
    #expect(run.kind == "pytest" && run.state == "ready" && run.workers.count == 2)
    let impatient = ["TESTMON_XDIST_LOCK_TIMEOUT": "0"]
    let second = try project.testmonXdist("controller", "--", "touch", "ran", with: impatient)
    #expect(second.status == 124 && second.errors.contains("the run of pytest (pid "), "\(second)")
    let cleanup = try project.testmonXdist("cleanup")
    #expect(cleanup.status == 1 && cleanup.output.contains("its pytest is still running"), "\(cleanup)")

    // The next one begins when the pytest has ended.
    let next = try project.start(
      ["\(project.environment)/bin/pytest", "--testmon", "-n", "2"],
      ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true"])
    try next.waitForOutput("waiting up to 60s for the run of pytest (pid ")
    #expect(try !project.text("out.txt").contains("passed"))
    try project.write("", to: "go")
    let last = try next.finish()
    #expect(last.status == 0 && last.passed == 0 && last.alarms == [], "\(last)")
    let first = try project.text("out.txt")
    #expect(first.contains("5 passed"), "\(first)")
    #expect(!project.exists("ran") && !project.hasRunFolder)
    #expect(try project.history().map(\.outcome).filter { $0 != "finished" } == [])
  }

  /// A project with a pytest that waits for the file `go`, and whose wrapper has been killed.
  private func projectOfAnOrphan() throws -> Project {
    let project = try Project()
    try project.addWaitingTest()
    let wrapper = try project.startPytest(.wrapper, ["--testmon", "-n", "2"])
    try project.waitForFile("started")
    wrapper.send(SIGKILL)
    try wrapper.finish()
    return project
  }

  @Test func itRemovesTheFolderItself() throws {
    let project = try projectOfAnOrphan()
    #expect(project.hasRunFolder)
    try project.write("", to: "go")
    try project.waitForNoRunFolder()
  }

  @Test func cleanupCanBeForcedToEndItsRun() throws {
    let project = try projectOfAnOrphan()
    let owner = try #require(project.status().run?.owner?.pid)
    let pytest = try #require(ProcessHandle(pid: owner))
    let forced = try project.testmonXdist("cleanup", "--force")
    #expect(forced.status == 0 && forced.output.contains("ended the run of pytest"), "\(forced)")
    #expect(!project.hasRunFolder)
    // It is the run that has been ended, not the pytest.
    try project.write("", to: "go")
    #expect(pytest.waitForEnd(until: .now().advanced(by: Process.patience)))
  }
}
