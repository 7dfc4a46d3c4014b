import Testing

@testable import Settings

@Suite struct LayerTests {
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
    #expect(
      sandbox.problems(config: missing) == [
        "\(missing): there is no such file; name one that is there, or leave --config out"
      ])
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
        "TESTMON_XDIST_: unknown variable; unset it: unset TESTMON_XDIST_",
        "TESTMON_XDIST_BACKOFF_FACTOR: '0.5' is out of range; it must be a number from 1 to 10",
        "TESTMON_XDIST_DEBUG: 'maybe' is not true or false; write for example true",
        "TESTMON_XDIST_HISTORY: '1.5' is not a whole number; write for example 200",
        "TESTMON_XDIST_LOCK_TIMEOUT: '86401' is out of range; it must be a number of seconds from 0 to 86400",
        "TESTMON_XDIST_WORKER_TIMEOUT: '30s' is not a number of seconds; write for example 30",
        "TESTMON_XDIST_WORKER_TIMOUT: unknown variable; did you mean TESTMON_XDIST_WORKER_TIMEOUT?",
      ])
  }

  /// A file of variables may leave more of a line than the value.
  @Test(arguments: [
    ("True ", "'True ' has blanks or quotation marks around it; write True"),
    ("\"on\"", "'\"on\"' has blanks or quotation marks around it; write on"),
    ("true\r", "'true\r' has blanks or quotation marks around it; write true"),
    (" ture", "' ture' is not true or false; write for example true"),
    (" ", "' ' is not true or false; write for example true"),
  ])
  func whatIsAroundAValueIsNamed(text: String, message: String) {
    let sandbox = Sandbox()
    sandbox.environment["TESTMON_XDIST_CONTROLLER_PRECREATION"] = text
    #expect(sandbox.problems() == ["TESTMON_XDIST_CONTROLLER_PRECREATION: \(message)"])
  }

  @Test func aVariableThatIsCalledAfterItsKey() {
    let sandbox = Sandbox()
    sandbox.environment["TESTMON_XDIST_ENABLED"] = "true"
    #expect(sandbox.problems().first?.hasSuffix("did you mean TESTMON_XDIST_CONTROLLER_PRECREATION?") == true)
  }

  @Test(arguments: ["nan", "inf", "-1", "0", "1e3", "0x1", " 1", "1 ", "1,5", "9999999999999999999999999", "٣"])
  func noSeconds(_ text: String) {
    let sandbox = Sandbox()
    sandbox.environment["TESTMON_XDIST_WORKER_TIMEOUT"] = text
    #expect(sandbox.problems().count == 1)
  }

  @Test func problemsOfAllLayersComeTogether() {
    let sandbox = Sandbox()
    sandbox.write("home/.config/testmon-xdist/config.toml", "[broken")
    sandbox.write("project/testmon-xdist.toml", "x = 1\ny = 2\n")
    sandbox.environment["TESTMON_XDIST_HISTORY"] = "x"
    #expect(sandbox.problems(flags: FlagOverrides(timeout: -1)).count == 5)
  }
}
