import FoundationEssentials
import Glibc
import Testing

/// Workers in other folders, and on other machines: those see neither the data file nor what is installed here.
@Suite struct RemoteTests {
  private static let releases = ["2.0.0", "2.0.13", "2.1.4", "2.2.0"]

  /// A machine that `ssh` reaches: another home, no variable of ours, no server.
  private func project(_ release: String, remotePythonPath: String = "") throws -> Project {
    let project = try Project(release)
    try project.addRemoteStory()
    let remote = "\(project.home)/remote"
    try project.write("", to: "\(remote)/.profile")
    try project.writeScript(
      """
      #!/bin/sh
      # What it is to run is its last argument.
      for command; do :; done
      cd '\(remote)'
      exec env -i HOME='\(remote)' PATH=/usr/bin:/bin ELSEWHERE=yes PYTHONPATH='\(remotePythonPath)' sh -c "$command"

      """, to: "\(project.home)/bin/ssh")
    project.variables["PATH"] = "\(project.home)/bin:\(project.variables["PATH"] ?? "")"
    return project
  }

  private func ssh(_ environment: String) -> String { "ssh=remote//python=\(environment)/bin/python" }

  @Test(arguments: Extent.pairs(Extent.of(releases, part: ["2.0.13", "2.2.0"]), [Way.plugin, .wrapper]))
  func workersOnAnotherMachineRunTheRightTests(release: String, way: Way) throws {
    let project = try project(release)
    let spec = ssh(project.environment)
    try project.runRemoteStory(way, ["--tx", "2*\(spec)"])
    // Those here agree with those there on what there is to run.
    try project.editAdd("b + a")
    let mixed = try project.pytestOnWorkers(way, ["--tx", "popen", "--tx", spec])
    #expect(mixed.status == 0 && mixed.passed == 20 && mixed.alarms == [], "\(mixed)")
    // No data file has been made there.
    let remote = try project.run(["find", "\(project.home)/remote", "-name", ".testmon*"])
    #expect(remote.status == 0 && remote.text == "", "\(remote)")
  }

  @Test(arguments: Extent.of(["2.0.13", "2.2.0"], part: ["2.2.0"]))
  func workersInAnotherFolderRunTheRightTests(release: String) throws {
    let project = try project(release)
    let elsewhere = "\(project.home)/elsewhere"
    try project.write("", to: "\(elsewhere)/empty")
    try project.runRemoteStory(.plugin, ["--tx", "2*popen//chdir=\(elsewhere)"])
    try project.editAdd("b + a")
    let python = try project.pytestOnWorkers(.plugin, ["--tx", "2*popen//python=\(project.environment)/bin/python"])
    #expect(python.status == 0 && python.passed == 20 && python.alarms == [], "\(python)")
  }

  /// A worker's folder may have a part of the files: the tests of the others aren't gone.
  @Test func aFileThatTheWorkersAreNotGiven() throws {
    let project = try project("2.2.0")
    let tests = String(decoding: try project.bytes("tests/test_mul.py"), as: UTF8.self)
    try project.write(tests + "\n\ndef test_other():\n    pass\n", to: "tests/test_mul.py")
    #expect(try project.pytest(.plugin, "--testmon").passed == 42)
    let module = String(decoding: try project.bytes("lib.py"), as: UTF8.self)
    try project.write(module.replacing("a * b", with: "b * a"), to: "lib.py")
    let elsewhere = "\(project.home)/elsewhere"
    try project.write("", to: "\(elsewhere)/empty")
    let part = try project.pytestOnWorkers(
      .plugin, ["--tx", "2*popen//chdir=\(elsewhere)", "--rsyncignore", "*/test_mul.py"])
    #expect(part.passed ?? 0 == 0 && part.alarms == [], "\(part)")
    #expect(!project.exists("\(elsewhere)/project/tests/test_mul.py"))
    let all = try project.pytest(.plugin, "--testmon")
    #expect(all.status == 0 && all.passed == 20, "\(all)")
  }

  /// `popen`, but on the machine that the gateway is on.
  @Test func workersBehindAGatewayRunTheRightTests() throws {
    let project = try project("2.2.0")
    let there = "python=\(project.environment)/bin/python//chdir=\(project.home)/remote"
    try project.runRemoteStory(
      .plugin, ["--px", "\(ssh(project.environment))//id=gateway", "--tx", "popen//via=gateway//\(there)"])
  }

  /// The plugin that the controlling pytest has is the one that counts.
  @Test func anotherVersionOfThePluginThereDoesNotMatter() throws {
    let other = try Surroundings.temporary.make("other")
    let project = try project("2.2.0", remotePythonPath: other)
    try project.write("raise Exception('not this one')\n", to: "\(other)/testmon_xdist_plugin.py")
    let information = "\(other)/testmon_xdist-0.0.1.dist-info"
    try project.write("Metadata-Version: 2.1\nName: testmon-xdist\nVersion: 0.0.1\n", to: "\(information)/METADATA")
    try project.write(
      "[pytest11]\ntestmon_xdist_plugin = testmon_xdist_plugin\n", to: "\(information)/entry_points.txt")
    try project.runRemoteStory(.plugin, ["--tx", "2*\(ssh(project.environment))"])
  }

  /// What makes the Python of another machine another one than that here; and what is said of it.
  enum Difference: String, CaseIterable {
    case otherTestmon = "a testmon of data version 13, not 14"
    case otherPackages = "other packages (some-package 1.0)"

    /// For the folder `$1`, with the site-packages `$0`.
    fileprivate var script: String {
      switch self {
      case .otherTestmon:
        #"cp -r "$0/testmon" "$1" && sed -i 's/^DATA_VERSION = .*/DATA_VERSION = 13/' "$1"/testmon/*.py"#
      case .otherPackages:
        #"mkdir "$1/some.dist-info" && printf 'Name: some-package\nVersion: 1.0\n' >"$1/some.dist-info/METADATA""#
      }
    }
  }

  @Test(arguments: Difference.allCases)
  func whereThePythonIsAnotherAllTestsRun(difference: Difference) throws {
    let packages = try Surroundings.temporary.make("packages")
    let project = try project("2.2.0", remotePythonPath: packages)
    let sites = "\(project.environment)/lib"
    let made = try project.run(
      ["/bin/sh", "-c", difference.script, "\(sites)/\(try project.names(sites)[0])/site-packages", packages])
    try #require(made.status == 0, "\(made)")
    try FileManager.default.removeItem(atPath: project.path("tests/test_around.py"))
    #expect(try project.pytest(.plugin, "--testmon", "-n", "2").passed == 40)
    try project.editAdd("b + a")
    let there = ssh(project.environment)
    for workers in [["--tx", "popen", "--tx", there], ["--tx", "2*\(there)"]] {
      let outcome = try project.pytestOnWorkers(.plugin, workers)
      #expect(outcome.status == 0 && outcome.passed == 40 && outcome.alarms == [], "\(outcome)")
      let told = outcome.errors.split(separator: "\n").filter { $0.contains("testmon-xdist: ") }
      #expect(told.count == 1 && told[0].contains("has \(difference.rawValue); all tests run"), "\(outcome)")
    }
    // Nothing has been recorded: neither what ran there, nor what ran here.
    #expect(try project.pytest(.plugin, "--testmon", "-n", "2").passed == 20)
  }

  /// xdist would start a new worker for each that doesn't know the option, for ever: the run must not begin.
  @Test(arguments: ["ssh=remote", "popen"]) func withoutTestmonThereNothingBegins(place: String) throws {
    let project = try project("2.2.0")
    let there = "\(place)//python=\(project.environment)/../packaging/bin/python"
    let outcome = try project.pytestOnWorkers(.plugin, ["--tx", "popen", "--tx", there])
    #expect(outcome.status == 4 && outcome.alarms == [] && !project.hasRunFolder, "\(outcome)")
    #expect(outcome.errors.contains("has no pytest-testmon; install it"), "\(outcome)")
  }
}

extension Project {
  /// The forty tests, and one that looks around where it runs.
  func addRemoteStory() throws {
    try addFortyTests()
    try write(
      """
      import os


      def test_around():
          # Another machine doesn't see the data file. This one could, and must not look.
          links = (os.path.join("/proc/self/fd", number) for number in os.listdir("/proc/self/fd"))
          data = [link for link in links if os.path.islink(link) and ".testmondata" in os.readlink(link)]
          assert bool(data) != ("ELSEWHERE" in os.environ)
          assert "PYTEST_PLUGINS" not in os.environ
          ours = [name for name in os.environ if name.startswith("TESTMON_XDIST_")]
          assert set(ours) <= {"TESTMON_XDIST_CONTROLLER_PRECREATION"}

      """, to: "tests/test_around.py")
  }

  /// pytest with its workers given by their specifications.
  func pytestOnWorkers(_ way: Way, _ workers: [String]) throws -> Outcome {
    try startPytest(way, ["--testmon", "-d", "--rsyncdir", rootdir] + workers + [rootdir]).finish()
  }

  /// The beginning, nothing, and an edit; and every worker is known to the run.
  func runRemoteStory(_ way: Way, _ workers: [String]) throws {
    for (name, passed) in [("fresh", 41), ("again", 0), ("edit", 20)] {
      if name == "edit" { try editAdd("a + b + 0") }
      let outcome = try pytestOnWorkers(way, workers)
      #expect(outcome.status == 0 && (outcome.passed ?? 0) == passed, "\(name) \(outcome)")
      #expect(outcome.alarms == [] && !outcome.errors.contains("testmon-xdist: "), "\(name) \(outcome)")
      let run = try #require(history().first)
      #expect(run.workers.count == run.expectedWorkers, "\(name) \(run)")
    }
  }
}
