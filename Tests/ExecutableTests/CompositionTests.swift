import Glibc
import Testing

/// `controller --detach`, `worker ID` and `cleanup` in a shell script.
@Suite struct CompositionTests {
  private static let script = """
    set -e
    testmon-xdist controller --workers 2 --detach
    testmon-xdist worker gw0 -- pytest --testmon tests/unit >unit.txt &
    unit=$!
    testmon-xdist worker gw1 -- pytest --testmon tests/api >api.txt &
    wait $! $unit
    """

  @Test func itWorksAsPrinted() throws {
    let project = try Project()
    try project.addFourTests()
    // What is selected from.
    #expect(try project.pytest(.wrapper, "--testmon", "-n", "2").passed == 4)
    try project.write("def test_one(): pass\n\n\ndef test_two(): assert 1\n", to: "tests/api/test_api.py")
    let before = try project.dataBytes()

    let outcome = try project.shell(Self.script)
    #expect(outcome.status == 0 && outcome.output == "", "\(outcome)")
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.count == 1 && lines[0].hasSuffix("; 'testmon-xdist cleanup' ends it"), "\(outcome)")
    let (unit, api) = (try project.text("unit.txt"), try project.text("api.txt"))
    #expect(unit.contains("no tests ran"), "\(unit)")
    #expect(api.contains("1 passed") || api.contains("2 passed"), "\(api)")
    #expect(api.contains("testmon-xdist: worker gw1, reads environment 1 and stores nothing"), "\(api)")

    let status = try project.status()
    let run = try #require(status.run)
    #expect(status.schema == 1 && status.rootdir == project.rootdir)
    #expect(run.kind == "held" && run.state == "ready" && run.expectedWorkers == 2)
    #expect(run.workers.map(\.id).sorted() == ["gw0", "gw1"])
    #expect(status.dataFile.tests == 4 && status.dataFile.journalMode == "wal")
    let text = try project.testmonXdist("status")
    #expect(text.output.contains("2 of 2 ready") && text.errors == "", "\(text)")

    let cleanup = try project.testmonXdist("cleanup")
    #expect(cleanup.status == 0 && cleanup.output.contains("ended the run held by"), "\(cleanup)")
    #expect(!project.hasRunFolder)
    #expect(try project.dataBytes() == before)
    #expect(try project.status().run == nil)
    let again = try project.testmonXdist("cleanup")
    #expect(again.status == 0 && again.output == "", "\(again)")
    #expect(try project.history().first?.workers.map(\.id).sorted() == ["gw0", "gw1"])
  }

  @Test func cleanupLeavesARunWhoseWorkersRun() throws {
    let project = try Project()
    #expect(try project.testmonXdist("controller", "--detach").status == 0)
    let worker = try project.startTestmonXdist(["worker", "gw0", "--", "sh", "-c", "echo up; exec sleep 600"])
    try worker.waitForOutput("up")
    for arguments in [["cleanup", "--dry-run"], ["cleanup"]] {
      let outcome = try project.startTestmonXdist(arguments).finish()
      #expect(outcome.status == 1 && outcome.output.contains("gw0"), "\(outcome)")
      #expect(project.hasRunFolder)
    }
    let forced = try project.testmonXdist("cleanup", "--force")
    #expect(forced.status == 0 && !project.hasRunFolder, "\(forced)")
    worker.send(15)
    #expect(try worker.finish().status == 143)
  }

  /// Neither a space nor a quote nor a dollar in a path may come to harm on the way through a shell.
  @Test func whatAWorkerLearnsCanBeEvaluated() throws {
    let project = try Project(name: #"it's "a" $HOME project"#)
    #expect(try project.testmonXdist("controller", "--detach").status == 0)
    let data = "\(project.rootdir)/.testmondata"
    let exported = try project.shell(
      #"""
      eval "$(testmon-xdist worker gw0 --export)"
      printf '%s\n' "$TESTMON_DATAFILE" "$TESTMON_XDIST_WORKER_ID" "$TESTMON_XDIST_ENVIRONMENT_ID" \
        "$TESTMON_XDIST_RUN_ID" "$TESTMON_XDIST_EXECUTABLE"
      """#)
    let run = try #require(project.status().run?.runId)
    #expect(exported.output.hasPrefix("\(data)\ngw0\n1\n\(run)\n/") && exported.errors == "", "\(exported)")
    #expect(exported.output.hasSuffix("/testmon-xdist\n"), "\(exported)")

    struct Learned: Decodable {
      let schema: Int
      let runId: String
      let workerId: String
      let environmentId: Int
      let databasePath: String
      let dataVersion: Int
      let packagesChanged: Bool
      let waitedMs: Double
    }
    let learned = try project.testmonXdist("worker", "gw1", "--json").decoded(Learned.self)
    #expect(learned.schema == 1 && learned.runId == run && learned.workerId == "gw1" && learned.environmentId == 1)
    #expect(learned.databasePath == data && learned.dataVersion == 14 && !learned.packagesChanged)
    let told = try project.testmonXdist("worker", "gw2")
    #expect(told.status == 0 && told.output.contains(data) && told.errors == "", "\(told)")

    let ran = try project.testmonXdist("worker", "gw3", "--", "sh", "-c", "echo $TESTMON_XDIST_WORKER_ID; exit 7")
    #expect(ran.status == 7 && ran.output == "gw3\n", "\(ran)")
    #expect(try project.status().run?.workers.map(\.id).sorted() == ["gw0", "gw1", "gw2", "gw3"])
    #expect(try project.testmonXdist("cleanup").status == 0)
    #expect(!project.hasRunFolder)
  }

  @Test func aRunInTheForegroundEndsWithASignalAndIsWatched() throws {
    let project = try Project()
    let watch = try project.startTestmonXdist(["status", "--watch", "--json"])
    try watch.waitForOutput(#""run":null"#)
    let controller = try project.startTestmonXdist(["controller"])
    try controller.waitForOutput("is ready for workers")
    try watch.waitForOutput(#""state":"ready""#)
    #expect(try project.testmonXdist("worker", "gw0").status == 0)
    try watch.waitForOutput(#""id":"gw0""#)
    controller.send(SIGTERM)
    let outcome = try controller.finish()
    #expect(outcome.status == 0 && !project.hasRunFolder, "\(outcome)")
    watch.send(SIGTERM)
    #expect(try watch.finish().output.split(separator: "\n").allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
  }

  @Test func aRunInTheForegroundSaysWhenItsWorkersAreReady() throws {
    let project = try Project()
    let controller = try project.startTestmonXdist(["controller", "--workers", "2"])
    try controller.waitForOutput("is ready for workers")
    for worker in ["gw0", "gw1"] { #expect(try project.testmonXdist("worker", worker).status == 0) }
    try controller.waitForOutput("2 of 2 ready")
    #expect(try project.testmonXdist("cleanup").status == 0)
    let outcome = try controller.finish()
    let told = outcome.errors.split(separator: "\n")
    #expect(outcome.status == 0 && told.count == 2, "\(outcome)")
    #expect(told.allSatisfy { $0.hasSuffix("; Ctrl-C or 'testmon-xdist cleanup' ends it") }, "\(outcome)")
  }

  @Test func aWorkerMayComeFirst() throws {
    let project = try Project()
    let worker = try project.startTestmonXdist(["worker", "gw0"])
    #expect(try project.testmonXdist("controller", "--detach").status == 0)
    let outcome = try worker.finish()
    #expect(outcome.status == 0 && outcome.output.contains("environment"), "\(outcome)")
    #expect(try project.status().run?.workers.map(\.id) == ["gw0"])
  }

  /// The second run begins when the first ends, and says for whom it waits.
  @Test func aSecondRunWaitsForTheFirst() throws {
    let project = try Project()
    try project.holdARunFromElsewhere()
    let second = try project.startTestmonXdist(["controller", "--", "echo", "my turn"])
    try second.waitForOutput("waiting up to 60s for the run held by 'testmon-xdist controller'")
    #expect(try project.testmonXdist("cleanup").output.contains("ended the run held by"))
    let outcome = try second.finish()
    #expect(outcome.status == 0 && outcome.output == "my turn\n" && !project.hasRunFolder, "\(outcome)")
  }

  /// What was to be cleaned up is gone, even where the next run has the project before anyone can look.
  @Test func cleanupOfARunThatAnotherWaitsForIsDone() throws {
    let project = try Project()
    #expect(try project.testmonXdist("controller", "--detach").status == 0)
    let next = try project.startTestmonXdist(["controller", "--detach"])
    try next.waitForOutput("waiting up to 60s")
    let cleanup = try project.testmonXdist("cleanup")
    #expect(cleanup.status == 0 && cleanup.output.contains("ended the run held by"), "\(cleanup)")
    #expect(try next.finish().status == 0)
    #expect(try project.testmonXdist("cleanup").status == 0)
    #expect(!project.hasRunFolder)
  }

  @Test func lateWorkersAreWarnedOfAndNothingStops() throws {
    let project = try Project()
    let controller = try project.startTestmonXdist(["controller", "--workers", "2", "--timeout", "0.2"])
    try controller.waitForOutput("WARNING: Worker timeout: 0/2 ready after 0.2s")
    #expect(try project.status().run?.state == "ready")
    controller.send(SIGINT)
    #expect(try controller.finish().status == 0)
    #expect(!project.hasRunFolder)
  }
}

extension Project {
  /// Starts a run in the background from a shell that is gone then: what is started here isn't a part of it.
  func holdARunFromElsewhere() throws {
    let outcome = try shell("testmon-xdist controller --detach; exit $?")
    #expect(outcome.status == 0, "\(outcome)")
  }

  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  /// The data file with what its log holds.
  func dataBytes() throws -> [UInt8] {
    try bytes(".testmondata") + (exists(".testmondata-wal") ? bytes(".testmondata-wal") : [])
  }
}
