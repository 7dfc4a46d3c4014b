import FoundationEssentials
import Testing

/// Other pytest plugins: they do what they do without us, and the right tests run.
@Suite struct CompanyTests {
  private func project(_ release: String = "2.2.0", with wheels: Surroundings.Wheel...) throws -> Project {
    let project = try Project(release)
    try project.addFortyTests()
    for wheel in wheels { try project.add(wheel) }
    return project
  }

  @Test func coverageIsMeasured() throws {
    let project = try project(with: .cov)
    let outcomes = try project.checkSelection { try project.pytest(.plugin, "--testmon", "-n", "2", "--cov=lib") }
    // Both functions; none; `add` alone.
    for (outcome, percentage) in zip(outcomes, ["100%", nil, "75%"]) {
      let line = outcome.output.split(separator: "\n").first { $0.hasPrefix("TOTAL ") }
      #expect(line?.split(separator: " ").last.map(String.init) == percentage, "\(outcome)")
    }
  }

  /// testmon can't work with it, and says so; what it knew stays known.
  @Test func branchCoverageIsRefusedByTestmon() throws {
    let project = try project(with: .cov)
    #expect(try project.pytest(.plugin, "--testmon", "-n", "2").passed == 40)
    try project.editAdd("b + a")
    let outcome = try project.pytest(.plugin, "--testmon", "-n", "2", "--cov=lib", "--cov-branch")
    let refusal = "testmon doesn't support simultaneous run with pytest-cov when branch coverage is on."
    #expect(outcome.status == 3 && outcome.text.contains(refusal) && !project.hasRunFolder, "\(outcome)")
    let after = try project.pytest(.plugin, "--testmon", "-n", "2", "--cov=lib")
    #expect(after.status == 0 && after.passed == 20 && after.alarms == [], "\(after)")
  }

  /// As `eventlet.monkey_patch()` does it.
  @Test func aConftestThatTakesPollAway() throws {
    let project = try Project()
    try project.addFourTests()
    try project.write("import select\n\ndel select.poll\n", to: "conftest.py")
    for passed in [4, 0] {
      let outcome = try project.pytest(.plugin, "--testmon", "-n", "2")
      #expect(outcome.status == 0 && outcome.passed == passed && outcome.alarms == [], "\(outcome)")
    }
    #expect(try project.history().map(\.exitStatus) == [0, 0])
  }

  /// xdist's hooks are for everybody: what others start in a worker is not what xdist starts there.
  @Test func aConftestThatPreparesItsWorkers() throws {
    let project = try Project()
    try project.addFourTests()
    try project.write(
      """
      import inspect
      import pytest


      @pytest.hookimpl(optionalhook=True)
      def pytest_configure_node(node):
          node.gateway.remote_exec("import os; os.environ['PREPARED'] = 'yes'").waitclose()
          assert node.gateway.remote_exec(prepared).receive() == "yes"


      def prepared(channel):
          import os
          channel.send(os.environ["PREPARED"])


      @pytest.hookimpl(optionalhook=True, tryfirst=True)
      def pytest_xdist_getremotemodule():
          import xdist.remote
          start = 'if __name__ == "__channelexec__":'
          return inspect.getsource(xdist.remote).replace(start, start + "\\n    os.environ['FROM_SOURCE'] = 'yes'")


      def pytest_configure(config):
          import os
          if hasattr(config, "workerinput"):
              assert os.environ["FROM_SOURCE"] == "yes"

      """, to: "conftest.py")
    for passed in [4, 0] {
      let outcome = try project.pytest(.plugin, "--testmon", "-n", "2")
      #expect(outcome.status == 0 && outcome.passed == passed && outcome.alarms == [], "\(outcome)")
    }
    #expect(try project.history().first?.workers.count == 2)
  }

  @Test func aTimeoutInterruptsATest() throws {
    let project = try project(with: .timeout)
    try project.write(
      """
      import time
      import pytest


      @pytest.mark.timeout(0.2)
      def test_endless():
          while True:
              time.sleep(0.01)

      """, to: "tests/test_endless.py")
    let outcomes = try project.checkSelection(failing: 1) { try project.pytest(.plugin, "--testmon", "-n", "2") }
    for outcome in outcomes { #expect(outcome.output.contains("Timeout (>0.2s) from pytest-timeout"), "\(outcome)") }
  }

  private static let flakyTest = """
    import pathlib


    def test_flaky():
        marker = pathlib.Path("ran-before")
        if not marker.exists():
            marker.touch()
            assert False

    """

  @Test func aFailureIsRunAgain() throws {
    let project = try project(with: .rerunfailures)
    try project.write(Self.flakyTest, to: "tests/test_flaky.py")
    let outcomes = try project.checkSelection(others: 1) {
      try project.pytest(.plugin, "--testmon", "-n", "2", "--reruns", "2")
    }
    #expect(outcomes[0].output.contains("1 rerun"), "\(outcomes[0])")
  }

  @Test func theOrderIsRandom() throws {
    let project = try project(with: .randomly)
    // What each worker has collected.
    try project.write(
      """
      import os
      import pathlib


      def pytest_collection_finish(session):
          worker = os.environ.get("PYTEST_XDIST_WORKER")
          if worker:
              pathlib.Path("order-" + worker).write_text(" ".join(item.name for item in session.items))

      """, to: "conftest.py")
    var orders: [String] = []
    let outcomes = try project.checkSelection {
      let outcome = try project.pytest(.plugin, "--testmon", "-n", "2")
      let order = try project.text("order-gw0")
      #expect(try project.text("order-gw1") == order)
      orders.append(order)
      return outcome
    }
    for outcome in outcomes { #expect(outcome.output.contains("Using --randomly-seed="), "\(outcome)") }
    let written = ["add", "mul"].flatMap { name in (0..<20).map { "test_\(name)[\($0)]" } }
    let first = orders[0].split(separator: " ").map(String.init)
    #expect(first.sorted() == written.sorted() && first != written)
  }

  private static let asyncTest = """
    import asyncio
    import pathlib
    import pytest


    @pytest.mark.asyncio
    async def test_async():
        await asyncio.sleep(0)
        pathlib.Path("was-awaited").touch()

    """

  @Test func anAsynchronousTestIsAwaited() throws {
    let project = try project(with: .asyncio)
    try project.write(Self.asyncTest, to: "tests/test_async.py")
    try project.checkSelection(others: 1) { try project.pytest(.plugin, "--testmon", "-n", "2") }
    #expect(project.exists("was-awaited"))
  }

  @Test func allOfThemTogetherInAWrappedCommand() throws {
    let project = try project(with: .asyncio, .cov, .randomly, .rerunfailures, .timeout)
    try project.write(Self.asyncTest, to: "tests/test_async.py")
    try project.write(Self.flakyTest, to: "tests/test_flaky.py")
    let outcomes = try project.checkSelection(others: 2) {
      try project.pytest(.wrapper, "--testmon", "-n", "2", "--cov=lib", "--reruns", "2", "--timeout", "60")
    }
    #expect(project.exists("was-awaited"))
    for sign in ["1 rerun", "Using --randomly-seed=", "100%", "timeout: 60.0s"] {
      #expect(outcomes[0].output.contains(sign), "\(outcomes[0])")
    }
  }

  /// Without us, what a forked test depends on is lost, in a serial run, too: no edit makes it run again.
  @Test(
    arguments: Extent.of(
      [("2.0.0", ["-n", "2"]), ("2.0.13", ["-n", "2"]), ("2.1.4", ["-n", "2"]), ("2.1.4", [])],
      part: [("2.0.0", ["-n", "2"]), ("2.1.4", [])]))
  func forkedTestsKeepTheirDependencies(release: String, arguments: [String]) throws {
    let project = try project(release, with: .forked)
    try project.write("import os\n\nPID = os.getpid()\n", to: "process.py")
    try project.write("import process\n", to: "conftest.py")
    try project.write(
      """
      import os
      import process
      from lib import add


      def test_forked(request):
          assert (os.getpid() != process.PID) == request.config.getoption("forked")
          assert add(1, 2) == 3

      """, to: "tests/test_forked.py")
    try project.checkSelection(others: 1, affected: 1) {
      try project.startPytest(.plugin, ["--testmon", "--forked"] + arguments).finish()
    }
    // With the plugin there, but not used.
    try project.editAdd("a + b")
    let outcome = try project.startPytest(.plugin, ["--testmon"] + arguments).finish()
    #expect(outcome.status == 0 && outcome.passed == 21 && outcome.alarms == [], "\(outcome)")
    let again = try project.startPytest(.plugin, ["--testmon"] + arguments).finish()
    #expect(again.status == 0 && again.passed == 0 && again.alarms == [], "\(again)")
  }

  /// testmon itself dies of it.
  @Test(arguments: Extent.of(["2.0.0", "2.1.4", "2.2.0"], part: ["2.1.4"]))
  func pytestsCacheMayBeOff(release: String) throws {
    let project = try project(release)
    try project.checkSelection { try project.pytest(.plugin, "--testmon", "-n", "2", "-p", "no:cacheprovider") }
    #expect(try !project.exists(".pytest_cache") && project.history().isEmpty)
    let reader = try project.shell(
      """
      testmon-xdist controller --detach &&
      testmon-xdist worker gw0 -- pytest --testmon -p no:cacheprovider
      status=$?; testmon-xdist cleanup >/dev/null; exit $status
      """)
    #expect(reader.status == 0 && reader.passed == 0 && reader.alarms == [], "\(reader)")
  }

  @Test func markersFixturesAndGroups() throws {
    // xdist 3.8 knows no groups where pytest is 9.2.
    let project = try project("2.1.4")
    try project.write("[pytest]\nmarkers = slow\n", to: "pytest.ini")
    try project.write(
      """
      import os
      import pathlib
      import pytest
      from lib import add

      pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("one")]


      @pytest.fixture(scope="session")
      def three():
          return add(1, 2)


      @pytest.mark.parametrize("i", range(4))
      def test_group(three, i):
          assert three == 3
          with pathlib.Path("workers").open("a") as file:
              print(os.environ["PYTEST_XDIST_WORKER"], file=file)

      """, to: "tests/test_marked.py")
    // testmon takes a fixture for a dependency of the test that it is made for.
    let outcomes = try project.checkSelection(others: 4, affected: 1) {
      try project.pytest(.plugin, "--testmon", "-n", "2", "--dist", "loadgroup")
    }
    let workers = try project.text("workers").split(separator: "\n")
    #expect(workers.count == 5 && Set(workers.prefix(4)).count == 1, "\(outcomes)")
    // They switch testmon's selection off, and only what they name runs.
    for (arguments, passed) in [(["-m", "slow"], 4), (["-k", "mul"], 20), (["-m", "not slow", "-k", "add"], 20)] {
      let outcome = try project.startPytest(.plugin, ["--testmon", "-n", "2"] + arguments).finish()
      #expect(outcome.status == 0 && outcome.passed == passed && outcome.alarms == [], "\(outcome)")
    }
  }
}
