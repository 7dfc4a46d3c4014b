import FoundationEssentials
import Glibc
import Testing

/// Each of the three ways of use inside each of the three: it works, or says at once why it can't; nothing waits for
/// itself, and nothing is left running.
@Suite struct NestingTests {
  /// A test of which the inner one is a part, and four others.
  private static let testThatStarts = """
    import os
    import subprocess


    def test_that_starts_another():
        done = subprocess.run(os.environ["INNER"], shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        with open("inner.txt", "wb") as file:
            file.write(done.stdout + b"status %d" % done.returncode)

    """

  private static let pytest = "pytest --testmon -n 2 tests/unit"
  private static let on = "TESTMON_XDIST_CONTROLLER_PRECREATION=true \(pytest)"
  private static let wrapper = "testmon-xdist controller -- \(pytest)"
  private static let held = "testmon-xdist controller --detach"

  /// - Parameter inner: what the test starts.
  private func project(_ inner: String? = nil) throws -> Project {
    let project = try Project()
    try project.installPlugin()
    try project.addFourTests()
    if let inner {
      try project.write(Self.testThatStarts, to: "tests/inner/test_inner.py")
      project.variables["INNER"] = inner
    }
    return project
  }

  private func checkNothingIsLeft(_ project: Project) throws {
    #expect(!project.hasRunFolder)
    let left = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { pid in
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")) == project.rootdir
    }
    #expect(left == [])
  }

  // MARK: inside a test

  struct Inner: Sendable {
    let command: String
    let status: Int

    static let all = [
      Inner(command: on, status: 4), Inner(command: wrapper, status: 125), Inner(command: held, status: 4),
    ]
  }

  /// The pytest that the test belongs to holds the project until the test is over.
  @Test(arguments: Inner.all, [[], ["-n", "2"]])
  func insideATestOfAPytestWithTheVariable(inner: Inner, workers: [String]) throws {
    let project = try project(inner.command)
    let outer = try project.shell(
      "export TESTMON_XDIST_CONTROLLER_PRECREATION=true; exec pytest --testmon \(workers.joined(separator: " "))")
    #expect(outer.status == 0 && outer.passed == 5 && outer.alarms == [], "\(outer)")
    let text = try project.text("inner.txt")
    #expect(text.contains("was started inside the run of pytest"), "\(text)")
    #expect(text.hasSuffix("status \(inner.status)"), "\(text)")
    #expect(!text.contains("waiting") && !text.contains("--force"), "\(text)")
    try checkNothingIsLeft(project)
  }

  /// The tests see no variable of the wrapper's. The inner wrapper's pytest is the one that says it.
  @Test(arguments: [Inner(command: on, status: 4), Inner(command: wrapper, status: 4), Inner(command: held, status: 4)])
  func insideATestOfAWrappedPytest(inner: Inner) throws {
    let project = try project(inner.command)
    let outer = try project.shell("testmon-xdist controller -- pytest --testmon -n 2")
    #expect(outer.status == 0 && outer.passed == 5 && outer.alarms == [], "\(outer)")
    let text = try project.text("inner.txt")
    #expect(text.contains("was started inside the run of") && text.hasSuffix("status \(inner.status)"), "\(text)")
    #expect(!text.contains("waiting") && !text.contains("--force"), "\(text)")
    try checkNothingIsLeft(project)
  }

  /// The outer pytest only reads: the inner one may store.
  @Test(arguments: [on, wrapper])
  func insideATestOfAWorker(inner: String) throws {
    let project = try project(inner)
    let outer = try project.shell(
      """
      testmon-xdist controller --detach &&
      testmon-xdist worker gw0 -- pytest --testmon
      status=$?; testmon-xdist cleanup >/dev/null || exit 99; exit $status
      """)
    #expect(outer.status == 0 && outer.passed == 5 && outer.alarms == [], "\(outer)")
    let text = try project.text("inner.txt")
    #expect(text.contains("2 passed") && text.hasSuffix("status 0") && !text.contains("waiting"), "\(text)")
    #expect(try project.status().dataFile.tests == 2)
    try checkNothingIsLeft(project)
  }

  // MARK: below a command

  @Test(arguments: [pytest, on, wrapper, "env -u TESTMON_XDIST_RUN_ID \(pytest)"])
  func pytestBelowACommand(inner: String) throws {
    let project = try project()
    let outcome = try project.shell("testmon-xdist controller -- sh -c '\(inner); \(inner)'")
    #expect(outcome.status == 0 && outcome.text.contains("2 passed") && outcome.passed == 0, "\(outcome)")
    #expect(outcome.alarms == [] && !outcome.text.contains("waiting"), "\(outcome)")
    #expect(try project.history().filter { $0.outcome == "finished" }.count >= 2)
    try checkNothingIsLeft(project)
  }

  /// A pytest that joins a run closes those of the history whose process is gone: not the one that it is in.
  @Test func theRunAroundAPytestIsNotTakenForDead() throws {
    let project = try project()
    #expect(try project.pytest(.alone, "tests/unit/test_none.py").status == 4)
    let outcome = try project.shell(
      """
      testmon-xdist controller --python "$(command -v python)" -- \
        sh -c '\(Self.pytest) >&2; testmon-xdist status --json --history'
      """)
    #expect(outcome.status == 0 && outcome.passed == 2, "\(outcome)")
    let during = try #require(try outcome.decoded(Status.self).history)
    #expect(during.map(\.kind) == ["pytest", "command"] && during.map(\.outcome) == ["finished", nil])
    #expect(try project.history().map(\.outcome) == ["finished", "finished"])
  }

  @Test func aRunThatIsHeldOpenBelowACommand() throws {
    let project = try project()
    let outcome = try project.shell(
      "testmon-xdist controller -- sh -c '\(Self.held); echo status $?; \(Self.pytest); testmon-xdist cleanup'")
    #expect(outcome.output.contains("status 4\n") && outcome.passed == 2, "\(outcome)")
    #expect(outcome.errors.contains("leave the inner controller out"), "\(outcome)")
    #expect(outcome.output.contains("because its command is still running") && outcome.status == 1, "\(outcome)")
    try checkNothingIsLeft(project)
  }

  // MARK: in the script that holds a run open

  @Test(arguments: [on, wrapper, "testmon-xdist worker gw0 -- \(pytest)", "testmon-xdist worker gw0 -- \(wrapper)"])
  func pytestBesideARunThatIsHeldOpen(inner: String) throws {
    let project = try project()
    let outcome = try project.shell(
      "\(Self.held) && \(inner); status=$?; testmon-xdist cleanup >/dev/null || exit 99; exit $status")
    #expect(outcome.status == 0 && outcome.passed == 2 && outcome.alarms == [], "\(outcome)")
    #expect(!outcome.text.contains("waiting"), "\(outcome)")
    try checkNothingIsLeft(project)
  }

  /// Somebody may end the first meanwhile, and how is told at once; below a worker of it nobody can.
  @Test(arguments: [(held, "waiting up to 0s for"), ("testmon-xdist worker gw0 -- \(held)", "was started inside")])
  func aRunThatIsHeldOpenInsideAnother(inner: String, word: String) throws {
    let project = try project()
    project.variables["TESTMON_XDIST_LOCK_TIMEOUT"] = "0"
    let outcome = try project.shell(
      "\(Self.held) && \(inner); status=$?; testmon-xdist cleanup >/dev/null || exit 99; exit $status")
    #expect(outcome.status == 4 && outcome.errors.contains(word), "\(outcome)")
    #expect(outcome.errors.contains("testmon-xdist cleanup") && !outcome.errors.contains("--force"), "\(outcome)")
    try checkNothingIsLeft(project)
  }
}
