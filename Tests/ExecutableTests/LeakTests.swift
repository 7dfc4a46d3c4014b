import Testing

/// What a wrapped pytest starts has the environment that it would have without the wrapper.
@Suite struct LeakTests {
  /// Each process of pytest, and each test, writes down the environment of what it starts.
  private static let conftest = """
    import os
    import subprocess
    import pytest


    def record(moment):
        name = "%s-%s" % (os.environ.get("PYTEST_XDIST_WORKER", "main"), moment)
        with open(name + ".variables", "wb") as file:
            file.write(subprocess.check_output(["env", "-0"]))


    def pytest_sessionstart(session):
        record("start")


    def pytest_sessionfinish(session):
        record("finish")


    @pytest.fixture(autouse=True)
    def recorded(request):
        record(request.node.name)

    """

  private func project() throws -> Project {
    let project = try Project()
    try project.write(Self.conftest, to: "conftest.py")
    try project.write("def test_one(): pass\n\n\ndef test_two(): pass\n", to: "test_it.py")
    // The empty entry stands for the current folder.
    project.pythonPath = ["\(project.home)/own", ""]
    return project
  }

  /// What the processes have written down, without what differs between any two.
  private func recorded(_ project: Project) throws -> [String: Set<Substring>] {
    let own = ["PYTEST_", "_=", "PWD=", "OLDPWD=", "SHLVL="]
    let names = try project.names().filter { $0.hasSuffix(".variables") }
    return try Dictionary(
      uniqueKeysWithValues: names.map { name in
        let text = try project.text(name).replacing(project.rootdir, with: "ROOTDIR").replacing(
          project.home, with: "HOME")
        let variables = text.split(separator: "\0").filter { line in !own.contains { line.hasPrefix($0) } }
        // Which worker gets which test is up to xdist.
        return (name.hasPrefix("gw") && name.contains("test_") ? "gw\(name.dropFirst(3))" : name, Set(variables))
      })
  }

  private static let own = [
    [:], ["TOX_OVERRIDE": "testenv.description=own", "TESTMON_XDIST_CONTROLLER_PRECREATION": "true"],
  ]

  @Test(arguments: [["--testmon", "-n", "2"], ["--testmon"], ["-n", "2"], []], own)
  func nothingOfOursIsSeen(arguments: [String], own: [String: String]) throws {
    let alone = try project()
    alone.variables.merge(own) { $1 }
    let without = try alone.startPytest(.alone, arguments).finish()
    #expect(without.passed == 2, "\(without)")
    let wrapped = try project()
    wrapped.variables.merge(own) { $1 }
    let wrapper = ["controller", "--timeout", "50", "--debug", "--", "\(wrapped.environment)/bin/pytest"]
    let outcome = try wrapped.startTestmonXdist(wrapper + arguments).finish()
    #expect(outcome.status == 0 && outcome.passed == 2 && outcome.alarms == [], "\(outcome)")
    #expect(outcome.isCoordinated == (arguments.count == 3), "\(outcome)")
    let found = try recorded(wrapped)
    #expect(found.count == (arguments.contains("-n") ? 8 : 4))
    #expect(try found == recorded(alone))
  }

  @Test func nothingOfOursIsSeenBelowAWorkerCommand() throws {
    let project = try project()
    #expect(try project.pytest(.alone).passed == 2)
    let before = try recorded(project)
    let outcome = try project.shell(
      """
      testmon-xdist controller --detach &&
      testmon-xdist worker gw0 -- pytest --testmon
      status=$?; testmon-xdist cleanup >/dev/null; exit $status
      """)
    #expect(outcome.status == 0 && outcome.passed == 2 && outcome.text.contains("worker gw0, reads"), "\(outcome)")
    // The script's own.
    let path = "PATH=HOME/bin:"
    let after = try recorded(project).mapValues {
      Set($0.map { $0.hasPrefix(path) ? "PATH=" + $0.dropFirst(path.count) : $0 })
    }
    #expect(after == before)
  }

  /// What the first has hidden, the second finds again.
  @Test func oneProcessMayRunPytestTwice() throws {
    let project = try project()
    let script = """
      import sys, pytest
      sys.exit([pytest.main(["--testmon", "-n", "2"]) for _ in range(2)] != [0, 0])
      """
    let outcome = try project.testmonXdist("controller", "--", "python", "-c", script)
    #expect(outcome.status == 0 && outcome.passed == 0 && outcome.alarms == [], "\(outcome)")
    #expect(try project.history().count == 2)
  }
}
