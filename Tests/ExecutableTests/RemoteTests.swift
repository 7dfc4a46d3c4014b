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
    try project.write(
      """
      #!/bin/sh
      # What it is to run is its last argument.
      for command; do :; done
      cd '\(remote)'
      exec env -i HOME='\(remote)' PATH=/usr/bin:/bin ELSEWHERE=yes PYTHONPATH='\(remotePythonPath)' sh -c "$command"

      """, to: "\(project.home)/bin/ssh")
    chmod("\(project.home)/bin/ssh", 0o755)
    project.variables["PATH"] = "\(project.home)/bin:\(project.variables["PATH"] ?? "")"
    return project
  }

  private func ssh(_ environment: String) -> String { "ssh=remote//python=\(environment)/bin/python" }

  @Test(arguments: releases, [Way.plugin, .wrapper])
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

  @Test(arguments: ["2.0.13", "2.2.0"])
  func workersInAnotherFolderRunTheRightTests(release: String) throws {
    let project = try project(release)
    let elsewhere = "\(project.home)/elsewhere"
    try project.write("", to: "\(elsewhere)/empty")
    try project.runRemoteStory(.plugin, ["--tx", "2*popen//chdir=\(elsewhere)"])
    try project.editAdd("b + a")
    let python = try project.pytestOnWorkers(.plugin, ["--tx", "2*popen//python=\(project.environment)/bin/python"])
    #expect(python.status == 0 && python.passed == 20 && python.alarms == [], "\(python)")
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

  /// xdist would start a new worker for each that ends, for ever: the run must not begin.
  @Test(arguments: ["2.1.4", nil])
  func withAnotherTestmonThereNothingBegins(release: String?) throws {
    let project = try project("2.2.0")
    let there = try release.map(Surroundings.environment) ?? "\(project.environment)/../packaging"
    let outcome = try project.pytestOnWorkers(.plugin, ["--tx", "popen", "--tx", ssh(there)])
    #expect(outcome.status == 4 && outcome.alarms == [] && !project.hasRunFolder, "\(outcome)")
    let found = release == nil ? "no pytest-testmon" : "a testmon of data version 13"
    #expect(outcome.errors.contains("ERROR: testmon-xdist: worker gw1 ("), "\(outcome)")
    #expect(outcome.errors.contains("has \(found), but the run was prepared for data version 14"), "\(outcome)")
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
