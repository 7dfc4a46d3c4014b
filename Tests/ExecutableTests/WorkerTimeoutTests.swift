import Glibc
import Testing

/// How workers are watched below `controller -- COMMAND`.
@Suite struct WorkerTimeoutTests {
  /// What a command does before its workers start may take any time: the first of them starts the clock.
  @Test func theClockOfACommandStartsWithItsFirstWorker() throws {
    let project = try Project()
    let words = ["controller", "--workers", "2", "--timeout", "0.2", "--", "sh", "-c"]
    let without = try project.startTestmonXdist(words + ["sleep 1"]).finish()
    #expect(without.status == 0 && without.text == "", "\(without)")
    let worker = #""$TESTMON_XDIST_EXECUTABLE" worker gw0 >/dev/null; exec sleep 600"#
    let with = try project.startTestmonXdist(words + [worker])
    try with.waitForOutput("WARNING: Worker timeout: 1/2 ready after 0.2s")
    with.send(SIGTERM)
    #expect(try with.finish().status == 143)
  }

  @Test(arguments: [true, false])
  func theQuietOfACommandIsItsPytests(quiet: Bool) throws {
    let project = try Project()
    try project.write("import time\n\n\ndef test_slow(): time.sleep(1)\n", to: "test_slow.py")
    let outcome = try project.startTestmonXdist(
      ["controller", "--workers", "3", "--timeout", "0.2"] + (quiet ? ["--quiet"] : [])
        + ["--", "\(project.environment)/bin/pytest", "--testmon", "-n", "2"]
    ).finish()
    #expect(outcome.status == 0 && outcome.passed == 1, "\(outcome)")
    #expect(outcome.errors.contains("WARNING: Worker timeout") == !quiet, "\(outcome)")
  }
}
