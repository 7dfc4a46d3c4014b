import FoundationEssentials
import Glibc
import Platform
import Testing

/// Runs a command where an empty file system is mounted over /proc.
private enum WithoutProc {
  /// What comes before its words. Who isn't root needs a user namespace, which some systems forbid.
  static let words =
    ["unshare", "--mount"] + (geteuid() == 0 ? [] : ["--map-root-user"])
    + ["sh", "-c", #"mount -t tmpfs none /proc && exec "$@""#, "sh"]

  static let isPossible: Bool = {
    let folder = Surroundings.temporary.path
    let look = words + ["test", "!", "-e", "/proc/self"]
    let outcome = try? Process(look, in: folder, environment: Surroundings.clean(home: folder)).finish()
    return outcome?.status == 0
  }()
}

/// On a machine without /proc, as a chroot may be.
@Suite(.enabled(if: WithoutProc.isPossible, "NOT TESTED without /proc: unshare --mount isn't allowed here"))
struct ProcTests {
  private func start(_ arguments: [String], in project: Project) throws -> Process {
    try project.start(WithoutProc.words + [try Surroundings.executable] + arguments)
  }

  @Test func whatNeedsNoProcWorks() throws {
    let project = try Project()
    for arguments in [["--version"], ["--help"], ["help", "worker"], ["status"], ["status", "--json"], ["cleanup"]] {
      let outcome = try start(arguments, in: project).finish()
      let elsewhere = try project.startTestmonXdist(arguments).finish()
      #expect(outcome.status == 0 && outcome.text == elsewhere.text, "\(arguments): \(outcome)")
    }
  }

  /// Swift's own CommandLine.arguments would be empty.
  @Test func noArgumentIsLost() throws {
    let outcome = try start(["status", "--no such", ""], in: Project()).finish()
    #expect(outcome.status == 2 && outcome.errors.contains("'--no such'"), "\(outcome)")
  }

  @Test func whatNeedsProcSaysSoAndWhatToDo() throws {
    let project = try Project()
    for arguments in [["controller"], ["controller", "--detach"], ["worker", "gw0"]] {
      let outcome = try start(arguments, in: project).finish()
      #expect(outcome.status == 6 && outcome.output == "", "\(arguments): \(outcome)")
      #expect(outcome.errors.contains("mount -t proc proc /proc"), "\(arguments): \(outcome)")
    }
    for arguments in [["controller"], ["worker", "gw0"]] {
      let outcome = try start(arguments + ["--", "touch", "ran"], in: project).finish()
      #expect(outcome.status == 125, "\(arguments): \(outcome)")
      #expect(outcome.errors.contains("mount -t proc proc /proc"), "\(arguments): \(outcome)")
    }
    #expect(!project.exists("ran") && !project.hasRunFolder)
  }

  @Test func doctorFindsIt() throws {
    let outcome = try start(["doctor"], in: Project()).finish()
    #expect(outcome.status == 1 && outcome.output.contains("mount -t proc proc /proc"), "\(outcome)")
  }

  @Test func cleanupLeavesARunOfWhichItCanKnowNothing() throws {
    let project = try Project()
    let detached = try project.testmonXdist("controller", "--detach")
    try #require(detached.status == 0, "\(detached)")
    for arguments in [["cleanup"], ["cleanup", "--force"]] {
      let outcome = try start(arguments, in: project).finish()
      #expect(outcome.status == 6 && outcome.errors.contains("mount -t proc proc /proc"), "\(outcome)")
    }
    #expect(project.exists(".testmon_xdist/lock"))
    let cleanup = try project.testmonXdist("cleanup")
    #expect(cleanup.status == 0 && cleanup.output.hasPrefix("ended "), "\(cleanup)")
  }

  /// No event tells that a holder died, where it can't be looked up.
  @Test func aWatchSeesTheEndOfARun() throws {
    let project = try Project()
    let detached = try project.testmonXdist("controller", "--detach")
    try #require(detached.status == 0, "\(detached)")
    let holder = try #require(project.status().run?.controller?.pid)
    let watch = try start(["status", "--watch"], in: project)
    try watch.waitForOutput("live, data ready")
    kill(holder, SIGKILL)
    try watch.waitForOutput("dead; what it left")
  }

  @Test func pytestSaysWhatThePluginMissesAndRunsWithoutIt() throws {
    let project = try Project()
    try project.addFourTests()
    try project.installPlugin()
    let pytest = WithoutProc.words + ["\(project.environment)/bin/pytest", "--testmon"]
    let on = try project.run(pytest, ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true"])
    #expect(on.status == 4 && on.text.contains("mount -t proc proc /proc"), "\(on)")
    #expect(on.alarms == [], "\(on)")
    let off = try project.run(pytest)
    #expect(off.status == 0 && off.passed == 4, "\(off)")
  }
}
