import Glibc
import Testing

/// A run that doesn't come to its end: what ran is recorded, and what did not is still owed.
@Suite struct InterruptedTests {
  /// Two tests that pass, one that does what the variable `END` says, and two more; all with one worker, in this order.
  private func project(_ release: String) throws -> Project {
    let project = try Project(release)
    try project.editAdd("a + b")
    try project.write(
      """
      import os
      import pathlib
      import time
      from lib import add


      def test_1(): add(1, 2)
      def test_2(): add(1, 2)


      def test_3():
          end = os.environ.get("END")
          if end == "failure":
              assert add(1, 2) == 0
          if end == "crash":
              os._exit(3)
          if end == "interrupt":
              pathlib.Path("started").touch()
              while True:
                  time.sleep(0.02)


      def test_4(): add(1, 2)
      def test_5(): add(1, 2)

      """, to: "tests/test_five.py")
    return project
  }

  private func finish(_ project: Project, _ end: String, _ arguments: [String]) throws -> Outcome {
    project.variables["END"] = end
    defer { project.variables["END"] = nil }
    try project.installPlugin()
    // In a process group of its own, all of which gets what a terminal's Ctrl-C sends.
    let pytest = try project.start(
      ["/usr/bin/setsid", "\(project.environment)/bin/pytest", "--testmon"] + arguments,
      ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true"])
    if end == "interrupt" {
      try project.waitForFile("started")
      kill(-pytest.pid, SIGINT)
    }
    return try pytest.finish()
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let end: String
    let arguments: [String]
    var testDescription: String { "\(end) \(arguments.joined(separator: " "))" }
  }

  private static let cases = [
    Case(end: "interrupt", arguments: ["-n", "1"]),
    Case(end: "interrupt", arguments: []),
    Case(end: "failure", arguments: ["-n", "1", "-x"]),
    Case(end: "failure", arguments: ["-n", "0", "-x"]),
    Case(end: "failure", arguments: ["-n", "0", "--sw"]),
    Case(end: "crash", arguments: ["-n", "1", "-x"]),
  ]

  @Test(arguments: Extent.pairs(["2.0.13", "2.2.0"], cases))
  func whatRanIsRecordedAndTheRestIsOwed(release: String, which: Case) throws {
    let project = try project(release)
    let interrupted = try finish(project, which.end, which.arguments)
    #expect(interrupted.status != 0, "\(interrupted)")
    try project.waitForNoRunFolder()
    // A crashed worker is replaced, and its successor may run more before pytest stops.
    let whole = try project.pytest(.plugin, "--testmon", "-n", "1", "-v")
    #expect(whole.status == 0 && whole.alarms == [], "\(whole)")
    for ran in ["test_1", "test_2"] { #expect(!whole.text.contains("five.py::\(ran)"), "\(interrupted) \(whole)") }
    #expect(whole.text.contains("five.py::test_3"), "\(interrupted) \(whole)")
    if which.end != "crash" { #expect(whole.passed == 3, "\(interrupted) \(whole)") }
    let again = try project.pytest(.plugin, "--testmon", "-n", "1")
    #expect(again.status == 0 && again.passed == 0, "\(again)")
    // What was recorded is whole: an edit affects all but the one that uses nothing.
    try project.editAdd("b + a")
    let affected = try project.pytest(.plugin, "--testmon", "-n", "1")
    #expect(affected.passed == 4, "\(affected)")
  }

  /// Where pytest itself dies, what it had not written yet runs again.
  @Test func aPytestThatDiesOwesWhatItHasNotRecorded() throws {
    let project = try project("2.2.0")
    #expect(try finish(project, "crash", ["-n", "0"]).status == 3)
    try project.waitForNoRunFolder()
    let whole = try project.pytest(.plugin, "--testmon", "-n", "1")
    #expect(whole.status == 0 && (3...5).contains(whole.passed ?? 0), "\(whole)")
    #expect(try project.pytest(.plugin, "--testmon", "-n", "1").passed == 0)
  }

  /// A test that was known to pass, and crashes its worker when it runs all the same.
  @Test func aTestThatCrashedIsOwed() throws {
    let project = try project("2.2.0")
    #expect(try project.pytest(.plugin, "--testmon", "-n", "1").passed == 5)
    _ = try finish(project, "crash", ["-n", "1", "--testmon-noselect"])
    let whole = try project.pytest(.plugin, "--testmon", "-n", "1", "-v")
    #expect(whole.passed == 1 && whole.text.contains("test_3"), "\(whole)")
  }

  /// xdist starts another one in its place. The tests that a file has lost and gained are known all the same.
  @Test(arguments: ["2.0.13", "2.2.0"])
  func aWorkerThatDiesWhileItCollects(release: String) throws {
    let project = try Project(release)
    try project.addFourTests()
    try project.write(
      """
      import os


      def pytest_collection_modifyitems():
          if os.environ.get("PYTEST_XDIST_WORKER", "none") == os.environ.get("DIES"):
              os._exit(3)

      """, to: "conftest.py")
    #expect(try project.pytest(.plugin, "--testmon", "-n", "2").passed == 4)
    try project.write("def test_one(): pass\n\n\ndef test_new(): pass\n", to: "tests/api/test_api.py")
    project.variables["DIES"] = "gw0"
    let crashed = try project.startPytest(.plugin, ["--testmon", "-n", "2"]).finish()
    #expect(crashed.output.contains("replacing crashed worker gw0") && crashed.failed == nil, "\(crashed)")
    #expect(crashed.passed == 2 && crashed.status == 0, "\(crashed)")
    project.variables["DIES"] = nil
    #expect(try project.pytest(.plugin, "--testmon", "-n", "2").passed == 0)
    #expect(try project.status().dataFile.tests == 4)
  }
}
