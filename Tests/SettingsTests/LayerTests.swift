import Testing

@testable import Settings

@Suite struct LayerTests {
  @Test func whatIsPromisedOfEach() throws {
    #expect(
      Settings.documentation.map { "\($0.key) \($0.variable): \($0.defaultText) [\($0.values)]" } == [
        "enabled TESTMON_XDIST_CONTROLLER_PRECREATION: false [true, false]",
        "debug TESTMON_XDIST_DEBUG: false [true, false]",
        "worker_timeout TESTMON_XDIST_WORKER_TIMEOUT: 30 s [above 0, up to 86400]",
        "lock_timeout TESTMON_XDIST_LOCK_TIMEOUT: 60 s [0 to 86400]",
        "keep_environments TESTMON_XDIST_KEEP_ENVIRONMENTS: 4 environments [1 to 1000]",
        "stop_on_newer TESTMON_XDIST_STOP_ON_NEWER: false [true, false]",
        "history TESTMON_XDIST_HISTORY: 200 runs [0 to 1000000]",
        "check_interval TESTMON_XDIST_CHECK_INTERVAL: 0.1 s [0.001 to 60]",
        "backoff_factor TESTMON_XDIST_BACKOFF_FACTOR: 1.5 [1 to 10]",
        "max_interval TESTMON_XDIST_MAX_INTERVAL: 2 s [0.001 to 600]",
      ])
  }

  @Test func withoutAWordEachHasItsDefault() throws {
    let settings = try Sandbox().load()
    #expect(settings.enabled == Setting(value: false, origin: .builtIn))
    #expect(settings.workerTimeout == Setting(value: 30, origin: .builtIn))
    #expect(settings.backoffFactor == Setting(value: 1.5, origin: .builtIn))
    #expect(settings.history == Setting(value: 200, origin: .builtIn))
    #expect(settings.shadowedFiles == [])
  }

  @Test func everyLayerOverridesTheOnesBelow() throws {
    let sandbox = Sandbox()
    sandbox.write(
      "home/.config/testmon-xdist/config.toml",
      "worker_timeout = 1\nlock_timeout = 1\nhistory = 1\nmax_interval = 9\nbackoff_factor = 3\n")
    sandbox.write("project/testmon-xdist.toml", "worker_timeout = 2\nlock_timeout = 2.5\nhistory = 2\n")
    sandbox.environment = ["TESTMON_XDIST_WORKER_TIMEOUT": "3", "TESTMON_XDIST_LOCK_TIMEOUT": "3"]
    let settings = try sandbox.load(flags: FlagOverrides(debug: true, timeout: 4))
    #expect(settings.workerTimeout == Setting(value: 4, origin: .flag("--timeout")))
    #expect(settings.debug == Setting(value: true, origin: .flag("--debug")))
    #expect(settings.lockTimeout == Setting(value: 3, origin: .variable("TESTMON_XDIST_LOCK_TIMEOUT")))
    #expect(settings.history.value == 2)
    #expect(settings.history.origin.description == "testmon-xdist.toml:3:1")
    #expect(settings.backoffFactor.value == 3)
    #expect(
      settings.backoffFactor.origin
        == .file(
          FilePosition(
            path: "\(sandbox.root)/home/.config/testmon-xdist/config.toml",
            name: "\(sandbox.root)/home/.config/testmon-xdist/config.toml", line: 5, column: 1)))
    #expect(settings.checkInterval.origin == .builtIn)
  }

  @Test func firstProjectFileWithSettingsWins() throws {
    let sandbox = Sandbox()
    sandbox.write("project/testmon-xdist.toml", "# nothing\n")
    sandbox.write("project/.testmon-xdist.toml", "history = 1\n")
    sandbox.write("project/pyproject.toml", "[project]\nname = 'x'\n[tool.testmon-xdist]\nhistory = 2\nnonsense = 1\n")
    let settings = try sandbox.load()
    #expect(settings.history.value == 1)
    #expect(settings.history.origin.description == ".testmon-xdist.toml:1:1")
    #expect(settings.shadowedFiles == ["pyproject.toml"])
  }

  @Test func pyprojectNeedsNoTable() throws {
    let sandbox = Sandbox()
    let defaults = try sandbox.load()
    sandbox.write("project/pyproject.toml", "[tool.pytest.ini_options]\naddopts = '-q'\n")
    #expect(try sandbox.load() == defaults)
    sandbox.write("project/pyproject.toml", "tool = 1\n")
    #expect(try sandbox.load() == defaults)
  }

  @Test func configReplacesTheProjectsFiles() throws {
    let sandbox = Sandbox()
    sandbox.write("project/testmon-xdist.toml", "nonsense = 1\nhistory = 1\n")
    let config = sandbox.write("other/settings.toml", "worker_timeout = 7")
    let settings = try sandbox.load(config: config)
    #expect(settings.workerTimeout.value == 7 && settings.history.value == 200)
    #expect(settings.workerTimeout.origin.description == "\(config):1:1")
    let pyproject = sandbox.write("other/pyproject.toml", "history = 1\n[tool.testmon-xdist]\nhistory = 9\n")
    #expect(try sandbox.load(config: pyproject).history.value == 9)
    let missing = "\(sandbox.root)/missing.toml"
    #expect(sandbox.problems(config: missing) == ["\(missing): there is no such file"])
  }

  @Test func theUsersFolderFollowsTheSpecification() throws {
    let sandbox = Sandbox()
    sandbox.write("home/.config/testmon-xdist/config.toml", "history = 1")
    sandbox.write("xdg/testmon-xdist/config.toml", "history = 2")
    sandbox.environment["XDG_CONFIG_HOME"] = "\(sandbox.root)/xdg"
    #expect(try sandbox.load().history.value == 2)
    sandbox.environment["XDG_CONFIG_HOME"] = "xdg"
    #expect(try sandbox.load().history.value == 1)
    sandbox.environment["XDG_CONFIG_HOME"] = ""
    #expect(try sandbox.load().history.value == 1)
    sandbox.environment["HOME"] = "home"
    #expect(try sandbox.load().history.value == 200)
  }

  @Test(arguments: ["true", "1", "yes", "ON", "True", "tRUE"])
  func booleanVariables(_ text: String) throws {
    let sandbox = Sandbox()
    sandbox.environment["TESTMON_XDIST_CONTROLLER_PRECREATION"] = text
    #expect(try sandbox.load().enabled.value)
  }

  @Test(arguments: ["false", "0", "No", "off", ""])
  func falseVariables(_ text: String) throws {
    let sandbox = Sandbox()
    sandbox.environment["TESTMON_XDIST_CONTROLLER_PRECREATION"] = text
    #expect(try !sandbox.load().enabled.value)
  }

  @Test func emptyVariableIsUnset() throws {
    let sandbox = Sandbox()
    let defaults = try sandbox.load()
    for setting in Settings.documentation { sandbox.environment[setting.variable] = "" }
    #expect(try sandbox.load() == defaults)
  }

  @Test func ownVariablesAreNoSettings() throws {
    let sandbox = Sandbox()
    for name in Settings.reservedVariables { sandbox.environment[name] = "anything" }
    #expect(throws: Never.self) { try sandbox.load() }
  }

  @Test func variablesThatAreWrong() {
    let sandbox = Sandbox()
    sandbox.environment = [
      "TESTMON_XDIST_WORKER_TIMEOUT": "30s", "TESTMON_XDIST_LOCK_TIMEOUT": "86401", "TESTMON_XDIST_HISTORY": "1.5",
      "TESTMON_XDIST_DEBUG": "maybe", "TESTMON_XDIST_BACKOFF_FACTOR": "0.5", "TESTMON_XDIST_WORKER_TIMOUT": "1",
      "TESTMON_XDIST_": "1", "TESTMON_XDISTX": "1",
    ]
    #expect(
      sandbox.problems() == [
        "TESTMON_XDIST_: unknown variable",
        "TESTMON_XDIST_BACKOFF_FACTOR: '0.5' is out of range; it must be a number from 1 to 10",
        "TESTMON_XDIST_DEBUG: 'maybe' is not true or false; write for example true",
        "TESTMON_XDIST_HISTORY: '1.5' is not a whole number; write for example 200",
        "TESTMON_XDIST_LOCK_TIMEOUT: '86401' is out of range; it must be a number of seconds from 0 to 86400",
        "TESTMON_XDIST_WORKER_TIMEOUT: '30s' is not a number of seconds; write for example 30",
        "TESTMON_XDIST_WORKER_TIMOUT: unknown variable; did you mean TESTMON_XDIST_WORKER_TIMEOUT?",
      ])
  }

  @Test(arguments: ["nan", "inf", "-1", "0", "1e3", "0x1", " 1", "1 ", "1,5", "9999999999999999999999999", "٣"])
  func noSeconds(_ text: String) {
    let sandbox = Sandbox()
    sandbox.environment["TESTMON_XDIST_WORKER_TIMEOUT"] = text
    #expect(sandbox.problems().count == 1)
  }

  @Test func boundsAreInclusiveWhereTheContractSaysSo() {
    let good = [
      "worker_timeout = 0.001", "worker_timeout = 86400", "lock_timeout = 0", "lock_timeout = 86400",
      "check_interval = 0.001", "check_interval = 60\nmax_interval = 60", "backoff_factor = 1", "backoff_factor = 10",
      "max_interval = 0.001\ncheck_interval = 0.001", "max_interval = 600", "keep_environments = 1",
      "keep_environments = 1000", "history = 0", "history = 1000000",
    ]
    let bad = [
      "worker_timeout = 0", "worker_timeout = 86400.5", "worker_timeout = nan", "worker_timeout = inf",
      "lock_timeout = -0.001", "lock_timeout = 86401", "check_interval = 0", "check_interval = 60.1\nmax_interval = 61",
      "backoff_factor = 0.99", "backoff_factor = 10.1", "max_interval = 601", "keep_environments = 0",
      "keep_environments = 1001", "history = -1", "history = 1000001", "history = 5.0",
    ]
    let sandbox = Sandbox()
    for text in good + bad {
      sandbox.write("project/testmon-xdist.toml", text)
      #expect(sandbox.problems().count == (bad.contains(text) ? 1 : 0), "\(text)")
    }
  }

  @Test func mergedIntervalsMustFitTogether() {
    let sandbox = Sandbox()
    sandbox.write("project/testmon-xdist.toml", "check_interval = 5\n")
    #expect(
      sandbox.problems() == [
        "testmon-xdist.toml:1:1: max_interval is 2 (default), less than check_interval, 5 (testmon-xdist.toml:1:1); "
          + "make it 5 or more"
      ])
    sandbox.environment["TESTMON_XDIST_MAX_INTERVAL"] = "4"
    #expect(
      sandbox.problems() == [
        "TESTMON_XDIST_MAX_INTERVAL: max_interval is 4 (TESTMON_XDIST_MAX_INTERVAL), less than check_interval, "
          + "5 (testmon-xdist.toml:1:1); make it 5 or more"
      ])
    sandbox.environment["TESTMON_XDIST_MAX_INTERVAL"] = "5"
    #expect(sandbox.problems() == [])
  }

  @Test func problemsOfAllLayersComeTogether() {
    let sandbox = Sandbox()
    sandbox.write("home/.config/testmon-xdist/config.toml", "[broken")
    sandbox.write("project/testmon-xdist.toml", "x = 1\ny = 2\n")
    sandbox.environment["TESTMON_XDIST_HISTORY"] = "x"
    #expect(sandbox.problems(flags: FlagOverrides(timeout: -1)).count == 5)
  }
}
