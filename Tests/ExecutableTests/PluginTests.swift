import FoundationEssentials
import Glibc
import SQLite
import Testing

/// What the pytest plugin does, and where it keeps out of the way. All with testmon 2.2.0.
@Suite struct PluginTests {
  private let project: Project

  init() throws {
    project = try Project()
    try project.addFourTests()
  }

  private static let header = "testmon-xdist: 0.1.0, environment "

  private func headerLines(_ outcome: Outcome) -> [Substring] {
    outcome.output.split(separator: "\n").filter { $0.hasPrefix("testmon-xdist: ") }
  }

  @Test(arguments: ["load", "loadscope", "loadfile", "loadgroup", "worksteal"])
  func everyWayToDistribute(mode: String) throws {
    let outcome = try project.pytest(.plugin, "--testmon", "-n", "2", "--dist", mode)
    #expect(outcome.status == 0 && outcome.passed == 4 && outcome.alarms == [] && outcome.errors == "", "\(outcome)")
    let why = "testmon-xdist: all tests: no data yet"
    #expect(headerLines(outcome) == ["\(Self.header)default, 2 workers", why[...]], "\(outcome)")
    let again = try project.pytest(.plugin, "--testmon", "-n", "2", "--dist", mode)
    #expect(again.status == 0 && again.passed == 0 && again.alarms == [], "\(again)")
  }

  @Test func asManyWorkersAsItHasProcessors() throws {
    let outcome = try project.pytest(.plugin, "--testmon", "-n", "auto")
    #expect(outcome.status == 0 && outcome.passed == 4 && outcome.alarms == [], "\(outcome)")
    let run = try #require(project.history().first)
    #expect(run.expectedWorkers == run.workers.count && run.workers.count >= 1)
    #expect(headerLines(outcome).first == "\(Self.header)default, \(run.workers.count) workers", "\(outcome)")
  }

  @Test func testmonsOptionsMeanWhatTheyMean() throws {
    #expect(try project.pytest(.plugin, "--testmon", "-n", "2").passed == 4)
    let all = try project.pytest(.plugin, "--testmon-noselect", "-n", "2")
    #expect(all.status == 0 && all.passed == 4 && all.alarms == [], "\(all)")
    let forced = try project.pytest(.plugin, "--testmon", "--testmon-forceselect", "-k", "one", "-n", "2")
    #expect(forced.status == 0 && forced.passed == 0 && forced.alarms == [], "\(forced)")
    let named = try project.pytest(.plugin, "--testmon", "--testmon-env", "other", "-n", "2")
    #expect(named.status == 0 && named.passed == 4 && named.alarms == [], "\(named)")
    #expect(headerLines(named).first == "\(Self.header)other, 2 workers", "\(named)")
    let named2 = try project.pytest(.plugin, "--testmon", "--testmon-env", "other", "-n", "2")
    #expect(named2.status == 0 && named2.passed == 0 && named2.alarms == [], "\(named2)")

    try project.write("[pytest]\nenvironment_expression = 'it' + 's ' + str(6 * 7)\n", to: "pytest.ini")
    let evaluated = try project.pytest(.plugin, "--testmon", "-n", "2")
    #expect(evaluated.status == 0 && evaluated.passed == 4 && evaluated.alarms == [], "\(evaluated)")
    #expect(headerLines(evaluated).first == "\(Self.header)its 42, 2 workers", "\(evaluated)")

    let environments = try #require(project.status().dataFile.environments)
    #expect(environments.map(\.name).sorted() == ["default", "its 42", "other"])
    #expect(environments.allSatisfy { $0.tests == 4 })
    #expect(
      try project.history().map(\.environmentName) == ["its 42", "other", "other", "default", "default", "default"])
  }

  @Test(arguments: ["other.data", "/"])
  func theDataFileMayLieElsewhere(name: String) throws {
    let path = name == "/" ? "\(project.home)/some data.db" : project.path(name)
    project.variables["TESTMON_DATAFILE"] = name == "/" ? path : name
    for (way, passed) in [(Way.plugin, 4), (.wrapper, 0), (.plugin, 0)] {
      // The wrapper's Python has other packages: none of ours.
      if way == .wrapper { project.pythonPath = [] }
      let outcome = try project.pytest(way, "--testmon", "-n", "2")
      #expect(outcome.status == 0 && outcome.alarms == [] && !project.hasRunFolder, "\(outcome)")
      #expect(outcome.passed == (way == .wrapper ? 4 : passed), "\(outcome)")
    }
    #expect(project.exists(path) && !project.exists(".testmondata"))
    #expect(try project.status().dataFile.path == path)
  }

  @Test(arguments: [["-n", "0", "--collect-only"], ["-n", "2", "--no-testmon"], ["-n", "2", "--collect-only"]])
  func itStaysOutOfTheWay(arguments: [String]) throws {
    let outcome = try project.startPytest(.plugin, ["--testmon"] + arguments).finish()
    #expect(outcome.status == 0 && outcome.alarms == [], "\(outcome)")
    try checkNoTrace(outcome)
  }

  /// It says why tests run, if some do, and no more.
  @Test(arguments: [["-n", "0"], []])
  func withoutWorkersTheHeaderSaysOnlyWhy(arguments: [String]) throws {
    for header in [["testmon-xdist: all tests: no data yet"], []] as [[Substring]] {
      let outcome = try project.startPytest(.plugin, ["--testmon"] + arguments).finish()
      #expect(outcome.status == 0 && outcome.alarms == [] && outcome.errors == "", "\(outcome)")
      #expect(outcome.ourLines == header && !project.hasRunFolder, "\(outcome)")
    }
    #expect(try project.history().map { $0.tests?.ran } == [0, 4])
  }

  @Test func withoutTheVariableNothingChanges() throws {
    try project.installPlugin()
    let outcome = try project.pytest(.alone, "--testmon", "-n", "2")
    #expect(outcome.status == 0 && outcome.passed == 4, "\(outcome)")
    try checkNoTrace(outcome)
    let off = try project.start(
      ["\(project.environment)/bin/pytest", "--testmon", "-n", "2"],
      ["TESTMON_XDIST_CONTROLLER_PRECREATION": "false"]
    ).finish()
    #expect(off.status == 0 && off.passed == 0, "\(off)")
    try checkNoTrace(off)
  }

  private func checkNoTrace(_ outcome: Outcome) throws {
    #expect(outcome.ourLines == [] && outcome.errors == "", "\(outcome)")
    #expect(!project.hasRunFolder && !project.exists(".pytest_cache/d/testmon-xdist"))
    #expect(try project.history().isEmpty)
  }

  /// A setting does what the variable does.
  @Test func aSettingEnablesIt() throws {
    try project.installPlugin()
    try project.write("[tool.testmon-xdist]\nenabled = true\n", to: "pyproject.toml")
    let outcome = try project.pytest(.alone, "--testmon", "-n", "2")
    #expect(outcome.passed == 4 && headerLines(outcome).count == 2, "\(outcome)")
    #expect(try project.history().count == 1)
  }

  @Test func theRunIsRecorded() throws {
    #expect(try project.pytest(.plugin, "--testmon", "-n", "2").status == 0)
    try project.write("def test_one(): assert False\n", to: "tests/test_bad.py")
    #expect(try project.pytest(.plugin, "--testmon", "-n", "2").status == 1)
    let history = try project.history()
    #expect(history.map(\.exitStatus) == [1, 0] && history.map(\.outcome) == ["finished", "finished"])
    for run in history {
      #expect(run.kind == "pytest" && run.expectedWorkers == 2 && run.environmentName == "default")
      #expect(run.workers.map(\.id).sorted() == ["gw0", "gw1"])
    }
    #expect(Set(history.map(\.runId)).count == 2)
    #expect(project.exists(".pytest_cache/.gitignore"))
    #expect(try project.status("--history=1").history?.map(\.exitStatus) == [1])
    project.variables["TESTMON_XDIST_HISTORY"] = "1"
    #expect(try project.pytest(.plugin, "--testmon", "-n", "2").status == 1)
    #expect(try project.history().count == 1)
  }

  /// What can't be written to can't be harmed: no worker has the data file open for writing.
  @Test(arguments: [[], ["--testmon-nocollect"]])
  func workersOnlyRead(arguments: [String]) throws {
    try project.addWaitingTest()
    let pytest = try project.startPytest(.plugin, ["--testmon", "-n", "2"] + arguments)
    try project.waitForFile("started")
    let folder = project.path(".testmon_xdist")
    try wait(for: "acknowledgements", in: folder) {
      ["gw0", "gw1"].allSatisfy { access("\(folder)/worker_\($0)_ready", F_OK) == 0 }
    }
    let run = try #require(project.status().run)
    #expect(run.owner?.pid == pytest.pid)
    let modes = run.workers.flatMap { accessModes(of: project.path(".testmondata"), in: $0.pid) }
    // A worker that has nothing left to do may be gone; the one with the waiting test isn't.
    #expect(modes.count >= 1 && modes.allSatisfy { $0 == O_RDONLY })
    // The look sees what is there to be seen.
    #expect(accessModes(of: project.path(".testmondata"), in: pytest.pid).contains(O_RDWR))
    try project.write("", to: "go")
    let outcome = try pytest.finish()
    #expect(outcome.status == 0 && outcome.passed == 5 && outcome.alarms == [], "\(outcome)")
  }

  /// How a process has a file open, for each of its descriptors: see proc_pid_fdinfo(5).
  private func accessModes(of path: String, in pid: Int32) -> [Int32] {
    let manager = FileManager.default
    let numbers = (try? manager.contentsOfDirectory(atPath: "/proc/\(pid)/fd")) ?? []
    return numbers.compactMap { number in
      guard (try? manager.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\(number)")) == path,
        let info = try? Data(contentsOf: URL(filePath: "/proc/\(pid)/fdinfo/\(number)"))
      else { return nil }
      let lines = String(decoding: info, as: UTF8.self).split(separator: "\n")
      let flags = lines.first { $0.hasPrefix("flags:") }?.split(separator: "\t").last.flatMap { Int32($0, radix: 8) }
      return flags.map { $0 & O_ACCMODE }
    }
  }

  @Test func aFileOfAnotherDataVersionIsKept() throws {
    let project = try Project("2.1.4")
    try project.addFourTests()
    #expect(try project.pytest(.plugin, "--testmon", "-n", "2").passed == 4)
    #expect(try project.status().dataFile.dataVersion == 13)
    let newer = try Surroundings.environment("2.2.0")
    let pytest = ["\(newer)/bin/pytest", "--testmon", "-n", "2"]
    let outcome = try project.run(pytest, ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true"])
    #expect(outcome.status == 0 && outcome.passed == 4 && outcome.alarms == [], "\(outcome)")
    let copy = project.path(".testmondata.v13.bak")
    #expect(outcome.errors.contains("WARNING: ") && outcome.errors.contains(copy), "\(outcome)")
    let database = try Database(path: copy, access: .readOnly)
    #expect(try database.value("PRAGMA integrity_check") == .text("ok"))
    #expect(try database.value("PRAGMA user_version") == .integer(13))
    #expect(try database.value("SELECT count(*) FROM test_execution") == .integer(4))
    #expect(try project.status().dataFile.dataVersion == 14)
    // Once is enough.
    let again = try project.run(pytest, ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true"])
    #expect(again.passed == 0 && again.errors == "", "\(again)")
  }

  /// Whoever keeps the data file alone keeps all of it.
  @Test func afterARunTheDataFileIsWhole() throws {
    #expect(try project.pytest(.plugin, "--testmon", "-n", "2").passed == 4)
    let copy = try Project()
    try copy.addFourTests()
    try copy.write(project.bytes(".testmondata"), to: ".testmondata")
    #expect(try copy.status().dataFile.tests == 4)
  }

  /// With a release in which testmon stores the names of the tests by itself, and one in which we do.
  @Test(arguments: ["2.0.13", "2.2.0"])
  func whatCannotBeCollectedForAWhileIsNotForgotten(release: String) throws {
    let project = try Project(release)
    try project.addFourTests()
    #expect(try project.pytest(.plugin, "--testmon", "-n", "2").passed == 4)
    let whole = try project.bytes("tests/api/test_api.py")
    try project.write(whole + Array("def (:".utf8), to: "tests/api/test_api.py")
    let broken = try project.pytest(.plugin, "--testmon", "-n", "2")
    #expect(broken.status == 1 && broken.output.contains("SyntaxError"), "\(broken)")
    #expect(try project.status().dataFile.tests == 4)
    try project.write(whole, to: "tests/api/test_api.py")
    let repaired = try project.pytest(.plugin, "--testmon", "-n", "2")
    #expect(repaired.status == 0 && repaired.passed == 0, "\(repaired)")
    // What is really gone is.
    try project.write("def test_one(): pass\n", to: "tests/api/test_api.py")
    #expect(try project.pytest(.plugin, "--testmon", "-n", "2").passed == 1)
    #expect(try project.status().dataFile.tests == 3)
  }

  @Test func lateWorkersAreWarnedOf() throws {
    project.variables["TESTMON_XDIST_WORKER_TIMEOUT"] = "0.001"
    let outcome = try project.pytest(.plugin, "--testmon", "-n", "2")
    #expect(outcome.status == 0 && outcome.passed == 4, "\(outcome)")
    #expect(
      outcome.errors.hasPrefix("WARNING: Worker timeout: 0/2 ready after 0.001s; the run goes on. "), "\(outcome)")
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome)")
  }

  @Test func itIsFoundOrMissedClearly() throws {
    project.variables["TESTMON_XDIST_EXECUTABLE"] = "/no/such/testmon-xdist"
    let outcome = try project.pytest(.plugin, "--testmon", "-n", "2")
    #expect(outcome.status == 4 && outcome.text.contains("TESTMON_XDIST_EXECUTABLE"), "\(outcome)")
  }

  /// The tests themselves must see nothing of a wrapper: what they start is on its own.
  @Test func theTestsDoNotSeeTheWrapper() throws {
    try project.write(
      """
      import os


      def test_environment():
          ours = [name for name in os.environ if name.startswith("TESTMON_XDIST_")]
          assert set(ours) <= {"TESTMON_XDIST_CONTROLLER_PRECREATION"}
          assert "testmon-xdist/plugin" not in os.environ.get("PYTHONPATH", "")
          assert not os.environ.get("PYTEST_PLUGINS")

      """, to: "tests/test_environment.py")
    let outcome = try project.pytest(.wrapper, "--testmon", "-n", "2")
    #expect(outcome.status == 0 && outcome.passed == 5, "\(outcome)")
    let serial = try project.pytest(.wrapper, "--testmon-noselect", "-p", "no:randomly")
    #expect(serial.status == 0 && serial.passed == 5, "\(serial)")
  }

  /// `controller -- COMMAND` reaches every pytest below the command.
  @Test func aCommandMayRunSeveralPytests() throws {
    let pytest = "'\(project.environment)/bin/pytest' --testmon -n 2 -q"
    let outcome = try project.shell("testmon-xdist controller -- sh -c \"\(pytest) && \(pytest)\"")
    #expect(outcome.status == 0 && outcome.text.contains("4 passed") && outcome.passed == 0, "\(outcome)")
    #expect(outcome.alarms == [] && !project.hasRunFolder, "\(outcome)")
  }
}
