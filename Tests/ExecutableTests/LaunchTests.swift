import Testing

/// How pytest is started, and where it gets its options from. In each case the right tests run, coordinated.
@Suite struct LaunchTests {
  private let project: Project

  init() throws {
    project = try Project()
    try project.addFortyTests()
  }

  private func check(
    _ way: Way = .plugin, _ command: [String] = [], _ variables: [String: String] = [:], from folder: String = ".",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    project.variables.merge(variables) { $1 }
    if way == .plugin {
      try project.installPlugin()
      project.variables["TESTMON_XDIST_CONTROLLER_PRECREATION"] = "true"
    }
    let wrapper = way == .wrapper ? [try Surroundings.executable, "controller", "--"] : []
    let words = ["/bin/sh", "-c", #"cd "$0" && exec "$@""#, folder] + wrapper
    let outcomes = try project.checkSelection(sourceLocation: sourceLocation) {
      try project.run(words + (command.isEmpty ? ["pytest", "--testmon", "-n", "2"] : command))
    }
    for outcome in outcomes { #expect(outcome.isCoordinated, "\(outcome)", sourceLocation: sourceLocation) }
  }

  @Test(arguments: Extent.of([Way.plugin, .wrapper], part: [.plugin]))
  func asAModule(way: Way) throws { try check(way, ["python", "-m", "pytest", "--testmon", "-n", "2"]) }

  @Test(arguments: Extent.of([Way.plugin, .wrapper], part: [.wrapper]))
  func withOptionsInAVariable(way: Way) throws { try check(way, ["pytest"], ["PYTEST_ADDOPTS": "--testmon -n 2"]) }

  @Test func withOptionsInAFile() throws {
    try project.write("[pytest]\naddopts = --testmon -n 2\n", to: "pytest.ini")
    try check(.plugin, ["pytest"])
  }

  /// A plugin of the user's own, in a folder of her own.
  @Test(arguments: Extent.of([Way.plugin, .wrapper], part: [.plugin]))
  func withAPluginOfTheUsers(way: Way) throws {
    try project.write(
      "def pytest_load_initial_conftests(args):\n    args[:] = ['-n', '2'] + args\n", to: "\(project.home)/own/many.py")
    project.pythonPath.append("\(project.home)/own")
    try check(way, ["pytest", "--testmon", "-p", "many"])
  }

  @Test(arguments: Extent.of([Way.plugin, .wrapper], part: [.wrapper]))
  func withPluginsByNameOnly(way: Way) throws {
    try check(
      way, ["pytest", "--testmon", "-n", "2", "-p", "xdist", "-p", "testmon.pytest_testmon"],
      ["PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "testmon_xdist_plugin"])
  }

  private static let conftests = [
    """
    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(config):
        if not hasattr(config, "workerinput"):
            config.option.numprocesses = 2
    """,
    """
    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(config):
        if not hasattr(config, "workerinput"):
            config.option.dist = "load"
            config.option.tx = ["popen"] * 2
    """,
    """
    def pytest_xdist_auto_num_workers(config):
        return 2
    """,
  ]

  @Test(arguments: conftests)
  func withAConftestThatSetsTheNumberOfWorkers(conftest: String) throws {
    try project.write("import pytest\n\n\n\(conftest)\n", to: "conftest.py")
    project.variables["TESTMON_XDIST_ADAPTIVE_WORKERS"] = "off"
    try check(.plugin, ["pytest", "--testmon"] + (conftest.contains("auto") ? ["-n", "auto"] : []))
    #expect(try project.history().allSatisfy { $0.expectedWorkers == 2 && $0.workers.count == 2 })
  }

  @Test(arguments: Extent.of([Way.plugin, .wrapper], part: [.plugin]))
  func fromAFolderBelow(way: Way) throws { try check(way, from: "tests") }

  @Test(arguments: Extent.of([Way.plugin, .wrapper], part: [.wrapper]))
  func fromElsewhereWithARootdir(way: Way) throws {
    try check(
      way, ["pytest", "--testmon", "-n", "2", "--rootdir", project.rootdir, project.path("tests")], from: project.home)
    #expect(project.exists(".testmondata") && !project.exists("\(project.home)/.testmon_xdist"))
  }

  /// Each has its own data, and neither waits for the other.
  @Test(arguments: Extent.of([Way.plugin, .wrapper], part: [.plugin]))
  func withSeveralRootdirs(way: Way) throws {
    for name in ["a", "b"] {
      try project.write("[pytest]\n", to: "\(name)/pytest.ini")
      try project.write("def test_\(name)(): pass\n", to: "\(name)/test_\(name).py")
    }
    let both = "pytest --testmon -n 2 a & a=$!; pytest --testmon -n 2 b; b=$?; wait $a && exit $b"
    if way == .plugin { try project.installPlugin() }
    let outcome =
      way == .wrapper
      ? try project.testmonXdist("controller", "--", "sh", "-c", both)
      : try project.run(["sh", "-c", both], ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true"])
    #expect(outcome.status == 0 && outcome.alarms == [] && !outcome.errors.contains("waiting"), "\(outcome)")
    for name in ["a", "b"] {
      let data = try project.status("--rootdir", project.path(name)).dataFile
      #expect(data.tests == 1 && data.path == project.path("\(name)/.testmondata"))
      #expect(!project.exists("\(name)/.testmon_xdist"))
    }
    #expect(!project.hasRunFolder)
  }

  @Test func withACacheElsewhere() throws {
    try project.write("[pytest]\ncache_dir = ${CACHES}/of $PROJECT\n", to: "pytest.ini")
    try check(.plugin, [], ["CACHES": "\(project.home)/caches", "PROJECT": "this one"])
    #expect(!project.exists(".pytest_cache") && project.exists("\(project.home)/caches/of this one/.gitignore"))
    // pytest says 5 where no test ran; testmon makes a 0 of it.
    #expect(try project.history().map(\.exitStatus) == [0, 0, 0])
  }

  @Test(arguments: Extent.of([Way.plugin, .wrapper], part: [.wrapper]))
  func byUv(way: Way) throws {
    let uv = [try Surroundings.launchers + "/bin/uv", "run", "--no-project", "--offline", "--no-config"]
    try check(way, uv + ["pytest", "--testmon", "-n", "2"], ["VIRTUAL_ENV": project.environment])
  }

  /// tox passes on only what it is told to.
  @Test func byTox() throws {
    try project.write(
      """
      [tox]
      env_list = py

      [testenv]
      skip_install = true
      allowlist_externals = \(project.environment)/bin/pytest
      commands = \(project.environment)/bin/pytest --testmon -n 2

      """, to: "tox.ini")
    let tox = try Surroundings.launchers + "/bin/tox"
    try check(.wrapper, [tox, "--workdir", "\(project.home)/tox"], ["TOX_OVERRIDE": "testenv.description=own"])
  }
}
