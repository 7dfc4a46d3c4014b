import FoundationEssentials
import Glibc
import Testing

extension Fault {
  static let setup: [Fault] = [
    Fault(
      "python", "the Python that is named isn't there", says: ["/no/such/python"],
      cure: .hand { patient, _ in patient.options = [] }
    ) { $0.options = ["--python", "/no/such/python"] },
    Fault(
      "packages", "pytest, testmon and xdist aren't installed",
      says: ["has no pytest, no pytest-testmon, no pytest-xdist"], cure: .paste
    ) {
      try $0.makeEnvironment(without: ["pytest", "_pytest", "py.py", "testmon", "xdist"])
      try $0.offer("pytest", "pytest-testmon", "pytest-xdist")
    },
    Fault(
      "packages", "pytest in PATH is another Python's, and this one has none", says: ["`pytest` is"],
      cure: .hand { patient, next in
        try #require(next.hasPrefix("testmon-xdist doctor --python "))
        patient.options = next.split(separator: " ").dropFirst(2).map(String.init)
      }
    ) {
      let pytest = "\($0.project.environment)/bin/pytest"
      try $0.project.writeScript("#!\($0.project.environment)/bin/python\n", to: "\($0.project.home)/other/pytest")
      let path = $0.project.variables["PATH"] ?? ""
      try #require(path.hasPrefix(pytest.dropLast("/pytest".count)))
      try $0.project.writeScript(
        "#!/bin/sh\nexec '\(try Surroundings.python)' -S \"$@\"\n", to: "\($0.project.home)/other/python3")
      $0.project.variables["PATH"] = "\($0.project.home)/other:\(path)"
    },
    Fault(
      "packages", "they aren't installed, and the system manages this Python", says: ["has no pytest"],
      cure: .hand { patient, next in
        #expect(next.contains(" -m venv .venv && .venv/bin/python -m pip install pytest "), "\(next)")
        try patient.run(["/bin/sh", "-c", next])
        let wheel = try #require(try patient.wheel())
        try patient.run([patient.project.path(".venv/bin/python"), "-m", "pip", "install", "--no-deps", wheel])
        patient.project.variables["PATH"] = "\(patient.project.path(".venv/bin")):/usr/bin:/bin"
      }, others: ["plugin"]
    ) {
      try $0.offerAll()
      try $0.useManagedPython()
    },
    Fault(
      "packages", "xdist isn't installed, nor is pip", says: ["has no pytest-xdist"], cure: .paste
    ) {
      try $0.makeEnvironment(without: ["xdist", "pytest_xdist", "pip"])
      try $0.offer("pytest-xdist")
    },
    Fault("virtual-environment", "the project's own isn't active", .warning, says: ["isn't active"], cure: .paste) {
      try $0.makeEnvironment(in: $0.project.path(".venv"))
      $0.project.variables["PATH"] = "/usr/bin:/bin"
    },
    Fault("pytest-command", "another Python's pytest comes first in PATH", says: ["which runs in"], cure: .paste) {
      try $0.makeEnvironment()
      $0.project.variables["VIRTUAL_ENV"] = $0.environment
      let python = try Surroundings.python
      try $0.project.writeScript("#!\(python)\n", to: "\($0.project.home)/other/pytest")
      $0.project.variables["PATH"] = "\($0.project.home)/other:\($0.project.variables["PATH"] ?? "")"
    },
    Fault("plugin", "the variable is set, and the plugin isn't installed", says: ["has no pytest plugin"], cure: .wheel)
    {
      try $0.makeEnvironment(withPlugin: false)
    },
    Fault("plugin-files", "a module is gone", says: ["testmon_xdist/work.py is missing"], cure: .wheel) {
      try $0.makeEnvironment()
      unlink("\($0.packages)/testmon_xdist/work.py")
    },
    Fault(
      "plugin-files", "a module that pytest loads is cut off", says: ["testmon_xdist/plugin.py is missing or"],
      cure: .wheel
    ) {
      try $0.makeEnvironment()
      truncate("\($0.packages)/testmon_xdist/plugin.py", 100)
    },
    Fault("plugin-version", "it is of another release", .warning, says: ["testmon-xdist 0.0.9"], cure: .wheel) {
      try $0.makeEnvironment()
      try $0.pretend("testmon_xdist", "0.0.9")
    },
    Fault("executable", "it is gone", says: ["neither beside this Python nor in PATH"], cure: .wheel) {
      try $0.makeEnvironment()
      unlink("\($0.environment)/bin/testmon-xdist")
    },
    Fault("executable", "it isn't executable", says: ["/bin/testmon-xdist isn't executable"], cure: .fix) {
      try $0.makeEnvironment()
      chmod("\($0.environment)/bin/testmon-xdist", 0o644)
    },
    Fault(
      "executable", "another program is in its place", says: ["/bin/cat, which the plugin finds, isn't"], cure: .paste
    ) {
      $0.project.variables["TESTMON_XDIST_EXECUTABLE"] = "/bin/cat"
    },
    Fault("executable", "it is of another release", says: ["(of 0.0.1)", "of different releases"], cure: .paste) {
      let path = "\($0.project.home)/other"
      try $0.project.writeScript(
        #"#!/bin/sh\#necho '{"state": "on", "protocol": 1, "version": "0.0.1"}'; exec cat >/dev/null\#n"#, to: path)
      $0.project.variables["TESTMON_XDIST_EXECUTABLE"] = path
    },
    Fault(
      "conftest", "it imports what isn't there", says: ["conftest.py", "No module named 'nothing_like_it'"],
      cure: .hand { patient, _ in try patient.project.write("", to: "conftest.py") }
    ) { try $0.project.write("import nothing_like_it\n", to: "conftest.py") },
    Fault(
      "pytest-start", "a conftest.py ends the process", says: ["with status 3"],
      cure: .hand { patient, _ in try patient.project.write("", to: "conftest.py") }
    ) { try $0.project.write("import os\nos._exit(3)\n", to: "conftest.py") },
    Fault(
      "pytest-start", "the project requires a plugin that isn't there",
      says: ["Missing required plugins: pytest-nothing"],
      cure: .hand { patient, _ in try patient.configure() }
    ) { try $0.configure("required_plugins = pytest-nothing") },
    Fault("rootdir", "PYTEST_ADDOPTS names another rootdir", .warning, says: ["/tests for the rootdir"], cure: .paste) {
      $0.project.variables["PYTEST_ADDOPTS"] = "--rootdir=tests"
    },
    Fault("rootdir", "it does so by two words", .warning, says: ["/tests for the rootdir"], cure: .paste) {
      $0.project.variables["PYTEST_ADDOPTS"] = "--rootdir tests -q"
    },
  ]

  /// Options that keep what a run needs from being loaded, in each of the places where an option may stand.
  static let blockedPlugins: [Fault] = [
    Fault(
      "autoload", "PYTEST_DISABLE_PLUGIN_AUTOLOAD is set",
      says: ["loads none of the plugins", "export PYTEST_ADDOPTS='-v -p testmon_xdist_plugin -p testmon"], cure: .paste
    ) {
      $0.project.variables["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
      $0.project.variables["PYTEST_ADDOPTS"] = "-v"
    },
    Fault("autoload", "--disable-plugin-autoload in pytest.ini", says: ["addopts in pytest.ini"], cure: .configuration)
    {
      try $0.configure("addopts = --disable-plugin-autoload")
    },
    Fault(
      "plugin-blocked", "-p no:testmon_xdist_plugin in pytest.ini", says: ["addopts in pytest.ini"],
      cure: .configuration
    ) {
      try $0.configure("addopts = -p no:testmon_xdist_plugin")
    },
    Fault("plugin-blocked", "-p no:testmon_xdist_plugin in PYTEST_ADDOPTS", says: ["PYTEST_ADDOPTS"], cure: .paste) {
      $0.project.variables["PYTEST_ADDOPTS"] = "-p no:testmon_xdist_plugin"
    },
    Fault(
      "testmon-blocked", "-p no:pytest-testmon in pytest.ini", says: ["addopts in pytest.ini"], cure: .configuration
    ) {
      try $0.configure("addopts = -p no:pytest-testmon")
    },
    Fault("testmon-blocked", "-p no:pytest-testmon in PYTEST_ADDOPTS", says: ["PYTEST_ADDOPTS"], cure: .paste) {
      $0.project.variables["PYTEST_ADDOPTS"] = "-q -pno:pytest-testmon -v"
    },
    Fault("xdist-blocked", "-p no:xdist in pytest.ini", says: ["addopts in pytest.ini"], cure: .configuration) {
      try $0.configure("addopts = -p no:xdist")
    },
    Fault(
      "xdist-blocked", "-p no:xdist beside options of xdist's, and one that nobody knows", says: ["no:xdist"],
      cure: .hand { patient, _ in try patient.configure("addopts = -n 2 --dist load") }, others: ["pytest-options"]
    ) { try $0.configure("addopts = -n 2 --dist load -p no:xdist --nonsense") },
    Fault("xdist-blocked", "-p no:xdist in PYTEST_ADDOPTS", says: ["PYTEST_ADDOPTS"], cure: .paste) {
      $0.project.variables["PYTEST_ADDOPTS"] = "-q -p no:xdist"
    },
    Fault("testmon-off", "--no-testmon in pytest.ini", says: ["addopts in pytest.ini"], cure: .configuration) {
      try $0.configure("addopts = --no-testmon")
    },
    Fault("testmon-off", "--no-testmon in PYTEST_ADDOPTS", says: ["PYTEST_ADDOPTS"], cure: .paste) {
      $0.project.variables["PYTEST_ADDOPTS"] = "--no-testmon"
    },
    Fault(
      "pytest-options", "an unknown option in pytest.ini", says: ["--nonsense (addopts in pytest.ini)"],
      cure: .configuration
    ) {
      try $0.configure("addopts = --nonsense")
    },
    Fault(
      "pytest-options", "an unknown option in PYTEST_ADDOPTS", says: ["--nonsense=3 (PYTEST_ADDOPTS)"], cure: .paste
    ) {
      $0.project.variables["PYTEST_ADDOPTS"] = "--nonsense=3 -q"
    },
    Fault(
      "pytest-options", "an unknown option that may have a value, in PYTEST_ADDOPTS", says: ["--nonsense"],
      cure: .hand { patient, next in
        #expect(next.contains("take --nonsense, with its value if it has one, out of PYTEST_ADDOPTS"), "\(next)")
        patient.project.variables["PYTEST_ADDOPTS"] = nil
      }
    ) {
      $0.project.variables["PYTEST_ADDOPTS"] = "--nonsense 60"
    },
  ]
}

extension Fault.Cure {
  /// Doctor says to take something out of pytest's configuration, of which it is the only content.
  static let configuration = Fault.Cure.hand { patient, next in
    #expect(next.contains("out of addopts in pytest.ini"), "\(next)")
    try patient.configure()
  }

  /// Doctor says to install the wheel, whose path it can't know.
  static let wheel = Fault.Cure.hand { patient, next in
    let command = try #require(next.split(separator: ", with the wheel of testmon-xdist").first)
    try #require(command.contains(" WHEEL"), "\(next)")
    let wheel = try #require(try patient.wheel())
    try patient.run(["/bin/sh", "-c", String(command).replacing("WHEEL", with: wheel)])
  }
}
