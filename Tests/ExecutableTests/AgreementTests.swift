import Testing

/// Plugin and executable mean the same.
@Suite struct AgreementTests {
  private let project: Project

  init() throws {
    project = try Project()
    try project.addFourTests()
  }

  /// The specification: a path that isn't absolute is as if the variable weren't set.
  @Test func aRelativeFolderOfSettings() throws {
    try project.installPlugin()
    try project.write("enabled = true\n", to: "\(project.home)/.config/testmon-xdist/config.toml")
    project.variables["XDG_CONFIG_HOME"] = "relative"
    let outcome = try project.pytest(.alone, "--testmon", "-n", "2")
    #expect(outcome.isCoordinated && outcome.passed == 4, "\(outcome)")
  }

  @Test(arguments: ["0.00001", "86400", "0.1", "1234.0625"])
  func aTimeoutThatIsHandedDown(timeout: String) throws {
    let outcome = try project.testmonXdist(
      "controller", "--timeout", timeout, "--", "printenv", "TESTMON_XDIST_WORKER_TIMEOUT")
    #expect(outcome.output == timeout + "\n", "\(outcome)")
    let status = try project.testmonXdist("status", with: ["TESTMON_XDIST_WORKER_TIMEOUT": timeout])
    #expect(status.status == 0, "\(status)")
  }

  @Test func anEnvironmentThatIsHandedDownToAWorkersCommand() throws {
    let outcome = try project.shell(
      """
      testmon-xdist controller --environment other --detach &&
      testmon-xdist worker gw0 -- pytest --testmon tests/unit
      status=$?; testmon-xdist cleanup >/dev/null; exit $status
      """)
    #expect(outcome.status == 0 && outcome.passed == 2, "\(outcome)")
    // It was meant for the whole run: another one that the configuration asks for doesn't count, nor does it otherwise.
    try project.write("[pytest]\nenvironment_expression = 'mine'\n", to: "pytest.ini")
    for (option, status) in [("--environment other", Int32(0)), ("", 0)] {
      let again = try project.shell(
        """
        testmon-xdist controller \(option) --detach &&
        testmon-xdist worker gw0 -- pytest --testmon tests/unit
        status=$?; testmon-xdist cleanup >/dev/null; exit $status
        """)
      #expect(again.status == status && again.passed == 2, "\(again)")
    }
  }

  /// A controller inside the run that says nothing of the environment leaves it as it is.
  @Test func anEnvironmentThatIsHandedDownThroughAnotherController() throws {
    let inner = "testmon-xdist controller -- pytest --testmon tests/unit"
    let worker = try project.shell(
      """
      testmon-xdist controller --environment other --detach &&
      testmon-xdist worker gw0 -- \(inner)
      status=$?; testmon-xdist cleanup >/dev/null; exit $status
      """)
    #expect(worker.status == 0 && worker.passed == 2, "\(worker)")
    let wrapped = try project.shell("testmon-xdist controller --environment other -- sh -c '\(inner)'")
    #expect(wrapped.status == 0 && wrapped.passed == 2, "\(wrapped)")
    #expect(try Set(project.history().map(\.environmentName)) == ["other"])
    // What a shell has kept of a run that is over means nothing to the next.
    let next = try project.testmonXdist(
      "controller", "--", "pytest", "--testmon", "tests/unit", with: ["TESTMON_XDIST_ENVIRONMENT": "other"])
    #expect(try next.status == 0 && project.history().first?.environmentName == "default", "\(next)")
  }

  /// A pytest that would take another environment by itself is still refused.
  @Test func anEnvironmentOfTheWorkersOwn() throws {
    let outcome = try project.shell(
      """
      testmon-xdist controller --detach &&
      testmon-xdist worker gw0 -- pytest --testmon --testmon-env mine tests/unit
      status=$?; testmon-xdist cleanup >/dev/null; exit $status
      """)
    #expect(outcome.status == 4 && outcome.text.contains("environment name"), "\(outcome)")
  }

  @Test(arguments: [
    ("pyproject.toml", "[tool.other]\nx = 1\n\n[tool.testmon-xdist]\nhistory = 10\nenabled = true # yes\n"),
    ("testmon-xdist.toml", "enabled=true\n"), (".testmon-xdist.toml", "  \"enabled\" = true\n"),
  ])
  func onInAFileWithoutAnExecutable(name: String, text: String) throws {
    try project.installPlugin()
    project.variables["TESTMON_XDIST_EXECUTABLE"] = "/nowhere/testmon-xdist"
    try project.write(text, to: name)
    let on = try project.pytest(.alone, "--testmon", "-n", "2")
    #expect(on.status == 4 && on.text.contains(name) && on.text.contains("executable"), "\(on)")
    // Nobody else can read them.
    try project.write(text.replacing("true", with: "false"), to: name)
    #expect(try project.pytest(.alone, "--testmon", "-n", "2").status == 4)
    _ = try project.run(["rm", name])
    // Without workers: what those do without coordination isn't certain.
    let off = try project.pytest(.alone, "--testmon")
    #expect(off.status == 0 && off.passed == 4, "\(off)")
  }

  // MARK: two releases

  @Test(arguments: ["", #", "protocol": 99, "version": "9.8.7""#])
  func anExecutableOfAnotherRelease(answer: String) throws {
    try project.installPlugin()
    try project.writeScript("#!/bin/sh\necho '{\"state\": \"on\"\(answer)}'\ncat >/dev/null\n", to: "other")
    project.variables["TESTMON_XDIST_EXECUTABLE"] = project.path("other")
    project.variables["TESTMON_XDIST_CONTROLLER_PRECREATION"] = "true"
    let outcome = try project.pytest(.alone, "--testmon", "-n", "2")
    #expect(outcome.status == 4 && outcome.passed == nil, "\(outcome)")
    for part in [project.path("other"), answer.isEmpty ? "0.1.0" : "9.8.7", "reinstall"] {
      #expect(outcome.text.contains(part), "\(part) \(outcome)")
    }
  }

  /// Whatever answers in the executable's place: pytest says so, and ends.
  @Test(arguments: [
    "nonsense", "5", "[]", "{}", #"{"state": "error"}"#, #"{"state": "ready"}"#, #"{"state": "equal"}"#,
    #"{"state": "on", "protocol": 3}\n{"state": "on"}"#, #"{"state": "on", "protocol": 3}\n{"state": "ready"}"#,
    #"{"state": "on", "protocol": 3}\n{"state": "ready", "environment": {}, "run": {}}"#,
  ])
  func anAnswerThatIsNone(lines: String) throws {
    try project.installPlugin()
    try project.writeScript("#!/bin/sh\nprintf '\(lines)\\n'\ncat >/dev/null\n", to: "other")
    project.variables["TESTMON_XDIST_EXECUTABLE"] = project.path("other")
    project.variables["TESTMON_XDIST_CONTROLLER_PRECREATION"] = "true"
    let outcome = try project.pytest(.alone, "--testmon", "-n", "2")
    #expect(outcome.status == 4 && outcome.passed == nil, "\(outcome)")
    #expect(outcome.errors.contains("testmon-xdist: ") && !outcome.text.contains("Traceback"), "\(outcome)")
  }

  @Test(arguments: ["", "#!/no/such/interpreter\n"])
  func anExecutableThatCannotBeStarted(text: String) throws {
    try project.installPlugin()
    try project.writeScript(text, to: "other")
    project.variables["TESTMON_XDIST_EXECUTABLE"] = project.path("other")
    project.variables["TESTMON_XDIST_CONTROLLER_PRECREATION"] = "true"
    let outcome = try project.pytest(.alone, "--testmon")
    #expect(outcome.status == 4 && outcome.errors.contains("can't be started"), "\(outcome)")
  }

  /// Who asks waits for an answer, whatever was asked.
  @Test func aQuestionThatIsNone() throws {
    for line in ["{}", "nonsense", #"{"work": {"tests": 1e999}}"#] {
      let outcome = try project.run(
        [
          "/bin/sh", "-c",
          "{ echo \"\(CompanionFacts().line(in: project))\"; echo \"$1\"; } | \"$0\" controller --companion 3",
          Surroundings.executable, line,
        ], ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true"])
      let last = outcome.output.split(separator: "\n").last ?? ""
      #expect(outcome.status == 0 && last.contains(#""state":"error""#) && last.contains("understood"), "\(outcome)")
    }
  }

  @Test func aPluginOfAnotherRelease() throws {
    let right = try project.startCompanion().finish()
    #expect(right.status == 0 && right.output.contains(#""state":"ready""#), "\(right)")
    // The first release said testmon's release in the place of the number.
    for number in ["2.2.0", "1", "99"] {
      let outcome = try project.startCompanion(CompanionFacts(protocol: number)).finish()
      #expect(outcome.output.contains(#""state":"error""#) && outcome.output.contains("reinstall"), "\(outcome)")
      #expect(!project.hasRunFolder)
    }
  }

  // MARK: paths

  /// What pytest can do there, it does with us, too: xdist's workers can't be started from such a folder.
  @Test(arguments: [Way.plugin, .wrapper])
  func aPathThatIsNotText(way: Way) throws {
    if way == .plugin { try project.installPlugin() }
    let wrapper = way == .wrapper ? "testmon-xdist controller -- " : ""
    let outcome = try project.shell(
      "bad=\"../$(printf 'caf\\351')\"; cp -r . \"$bad\"; cd \"$bad\"; \(wrapper)pytest --testmon",
      ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true"])
    #expect(outcome.status == 0 && outcome.passed == 4 && outcome.alarms == [], "\(outcome)")
    #expect(outcome.errors.contains("without coordination") && outcome.ourLines.count == 1, "\(outcome)")
    let status = try project.shell("cd ../caf*; testmon-xdist status")
    #expect(status.status == 2 && status.errors.contains("isn't UTF-8"), "\(status)")
  }

  /// PYTHONPATH can't hold a colon.
  @Test func aCacheWithAColon() throws {
    project.variables["XDG_CACHE_HOME"] = "\(project.home)/a:b"
    project.variables["TMPDIR"] = "\(project.home)/c:d"
    try project.write("", to: "\(project.home)/c:d/file")
    let outcome = try project.pytest(.wrapper, "--testmon", "-n", "2")
    #expect(outcome.isCoordinated && outcome.passed == 4, "\(outcome)")
  }
}
