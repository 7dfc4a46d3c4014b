import FoundationEssentials
import Glibc
import Testing

/// Whatever happens at the end: it comes, and with the command's own status.
@Suite struct EndTests {
  // MARK: of a command

  /// What a command may do to the folder of the run that it is in.
  @Test(arguments: [
    ("mkdir .testmon_xdist/worker_x_ready", "worker_x_ready in it isn't ours"),
    ("touch .testmon_xdist/precious", "precious in it isn't ours"),
    ("rm -rf .testmon_xdist; ln -s /tmp .testmon_xdist", nil),
    ("rm -rf .testmon_xdist; mkdir .testmon_xdist; chmod 500 .testmon_xdist", nil),
    ("rm -rf .testmon_xdist", nil),
  ])
  func whateverACommandDoesToTheFolder(script: String, warning: String?) throws {
    let project = try Project()
    let outcome = try project.testmonXdist("controller", "--", "sh", "-c", "\(script); exit 7")
    #expect(outcome.status == 7 && outcome.output == "", "\(outcome)")
    #expect(outcome.errors.contains(warning ?? ""), "\(outcome)")
    if warning == nil { #expect(outcome.errors == "", "\(outcome)") }
    try? FileManager.default.removeItem(atPath: project.path(".testmon_xdist"))
  }

  /// A user who may not write; root may always.
  @Test(arguments: [(".testmon_xdist", "error: "), (".", "can't be removed: Permission denied")])
  func whereNothingMayBeRemoved(folder: String, message: String) throws {
    let project = try Project()
    project.variables["PATH"] = "/usr/bin:/bin"
    let copy = project.path("testmon-xdist")
    // By another process: while this one has it open to write, what other tests start at that moment has so, too, and a file
    // that somebody may write can't be executed.
    #expect(try project.run(["cp", Surroundings.executable, copy]).status == 0)
    let words = [copy, "controller", "--", "sh", "-c", "chmod 500 \(folder); exit 7"]
    let outcome = try project.runAsAnyUser(words)
    chmod(project.path(folder), 0o700)
    #expect(outcome.status == 7 && outcome.errors.contains(message), "\(outcome)")
  }

  /// It is the status, though the data can't be prepared: it is locked by another all the time.
  @Test(arguments: [SIGTERM, SIGINT])
  func aSignalWhileTheDataIsPrepared(signal: Int32) throws {
    let project = try Project()
    try project.addFourTests()
    #expect(try project.pytest(.wrapper, "--testmon").status == 0)
    let blocker = try project.start(["\(project.environment)/bin/python", "-c", Self.blocker])
    try blocker.waitForOutput("locked")
    try project.write("[pytest]\nenvironment_expression = 'other'\n", to: "pytest.ini")
    let controller = try project.startTestmonXdist(["controller", "--debug", "--", "touch", "ran"])
    try controller.waitForOutput("preparing \(project.rootdir)/.testmondata")
    controller.send(signal)
    let outcome = try controller.finish()
    #expect(outcome.status == 128 + signal && !project.exists("ran") && !project.hasRunFolder, "\(outcome)")
  }

  private static let blocker = """
    import sqlite3, time
    connection = sqlite3.connect(".testmondata")
    connection.execute("BEGIN IMMEDIATE")
    print("locked", flush=True)
    time.sleep(600)
    """

  /// It is run and watched, or not run at all; and nothing hangs.
  @Test func tooFewDescriptors() throws {
    let project = try Project()
    project.variables["PATH"] = "/usr/bin:/bin"
    var ran: [Int] = []
    for limit in 4..<24 {
      let outcome = try project.shell(
        "ulimit -n \(limit); testmon-xdist controller -- sh -c 'touch ran; exit 7'")
      #expect(!outcome.diedOfASignal && [7, 125, 126].contains(outcome.status), "\(limit) \(outcome)")
      #expect(project.exists("ran") == (outcome.status == 7), "\(limit) \(outcome)")
      if outcome.status == 7 { ran.append(limit) }
      unlink(project.path("ran"))
      if project.hasRunFolder { _ = try project.testmonXdist("cleanup") }
    }
    #expect(ran.last == 23 && ran.first ?? 0 > 4)
  }

  // MARK: of a pytest

  /// In the controlling pytest, at one moment of its life.
  private static func conftest(_ hook: String, _ action: String) -> String {
    """
    import os
    import signal
    import sqlite3
    import sys
    import time
    import pytest


    def is_in_history():
        try:
            history = sqlite3.connect("file:.pytest_cache/d/testmon-xdist/history.db?mode=ro", uri=True)
            return history.execute("SELECT count(*) FROM runs").fetchone()[0] > 0
        except sqlite3.Error:
            return False


    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def \(hook)(config):
        run = config.pluginmanager.get_plugin("testmon-xdist-run")
        if run is not None and not hasattr(config, "workerinput"):
            while not is_in_history():
                time.sleep(0.01)
            os.kill(run.companion.process.pid, signal.\(action))
            sys.modules["testmon_xdist.companion"].PATIENCE = 1

    """
  }

  @Test(arguments: [Way.plugin, .wrapper])
  func aControllerThatIsStopped(way: Way) throws {
    let project = try Project()
    try project.addFourTests()
    try project.write(Self.conftest("pytest_unconfigure", "SIGSTOP"), to: "conftest.py")
    let outcome = try project.startPytest(way, ["--testmon", "-n", "2"]).finish()
    #expect(outcome.status == 0 && outcome.passed == 4, "\(outcome)")
    #expect(outcome.errors.contains("hasn't ended after 1 s"), "\(outcome)")
    #expect(!project.hasRunFolder)
  }

  /// The end of its controller is an event for pytest, which nobody has to look for again and again.
  @Test func nobodySleepsUntilTheControllerEnds() throws {
    let project = try Project()
    try project.addFourTests()
    try project.write(
      """
      import subprocess

      import pytest


      @pytest.hookimpl(tryfirst=True)
      def pytest_unconfigure(config):
          def sleep(seconds):
              raise AssertionError("sleeps for %s s" % seconds)

          subprocess.time.sleep = sleep

      """, to: "conftest.py")
    let outcome = try project.pytest(.plugin, "--testmon")
    #expect(outcome.status == 0 && outcome.passed == 4 && outcome.errors == "", "\(outcome)")
  }

  /// Its workers hear so, and needn't wait for anything.
  @Test(arguments: [Way.plugin, .wrapper])
  func aControllerThatDiesBeforeItsWorkersStart(way: Way) throws {
    let project = try Project()
    try project.addFourTests()
    try project.write(Self.conftest("pytest_xdist_setupnodes", "SIGKILL"), to: "conftest.py")
    let outcome = try project.startPytest(way, ["--testmon", "-n", "2"]).finish()
    #expect(outcome.status == 0 && outcome.passed == 4, "\(outcome)")
    #expect(outcome.errors.contains("is over") && !outcome.errors.contains("after 30s"), "\(outcome)")
    #expect(!project.hasRunFolder)
    // The next run tells how it ended.
    try project.write("", to: "conftest.py")
    #expect(try project.startPytest(way, ["--testmon", "-n", "2"]).finish().status == 0)
    #expect(try project.history().map(\.outcome) == ["finished", "died"])
  }

  @Test(arguments: [Way.plugin, .wrapper])
  func whatAPytestsControllerCannotRemoveIsTold(way: Way) throws {
    let project = try Project()
    try project.write(
      "import os\n\n\ndef test_it(): os.mkdir('.testmon_xdist/worker_x_ready')\n", to: "test_it.py")
    let outcome = try project.startPytest(way, ["--testmon"]).finish()
    #expect(outcome.status == 0 && outcome.errors.contains("worker_x_ready in it isn't ours"), "\(outcome)")
    rmdir(project.path(".testmon_xdist/worker_x_ready"))
  }

  /// xdist ends a run with the status that pytest has for Ctrl-C.
  @Test func status2IsNotAlwaysTheUsers() throws {
    let project = try Project()
    try project.addFourTests()
    try project.write("def test_fails(): assert False\n", to: "tests/test_bad.py")
    let outcome = try project.pytest(.wrapper, "--testmon", "-n", "2", "-x")
    let run = try #require(project.history().first)
    #expect(outcome.status == 2 && run.exitStatus == 2 && run.outcome == "finished", "\(outcome)")
  }
}

extension Project {
  /// Runs a program as a user whom permissions bind.
  func runAsAnyUser(_ words: [String], _ more: [String: String] = [:]) throws -> Outcome {
    guard geteuid() == 0 else { return try run(words, more) }
    for path in [rootdir, home] { chown(path, 12345, 12345) }
    for path in [rootdir, home].map({ "\($0)/.." }) { chmod(path, 0o755) }
    chmod(Surroundings.temporary.path, 0o755)
    return try run(["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"] + words, more)
  }
}
