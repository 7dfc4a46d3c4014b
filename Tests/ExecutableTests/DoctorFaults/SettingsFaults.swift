import FoundationEssentials
import Glibc
import Testing

extension Fault {
  static let settings: [Fault] = [
    Fault("settings", "the variable is misspelt", says: ["TESTMON_XDIST_CONTROLER_PRECREATION"], cure: .paste) {
      $0.project.variables[Patient.enabled] = nil
      $0.project.variables["TESTMON_XDIST_CONTROLER_PRECREATION"] = "true"
    },
    Fault("settings", "a blank after the value: 'True '", says: ["'True ' has blanks"], cure: .paste) {
      $0.project.variables[Patient.enabled] = "True "
    },
    Fault(
      "settings", "several settings are wrong at once",
      says: ["TESTMON_XDIST_DEBUG: 'perhaps'", "TESTMON_XDIST_HISTORY: '-1'", "testmon-xdist.toml:1:1: unknown key"],
      cure: .hand { patient, _ in
        patient.project.variables["TESTMON_XDIST_DEBUG"] = nil
        patient.project.variables["TESTMON_XDIST_HISTORY"] = nil
        try patient.project.write("lock_timeout = 60\n", to: "testmon-xdist.toml")
      }
    ) {
      $0.project.variables["TESTMON_XDIST_DEBUG"] = "perhaps"
      $0.project.variables["TESTMON_XDIST_HISTORY"] = "-1"
      try $0.project.write("lock_timeuot = 60\n", to: "testmon-xdist.toml")
    },
    Fault(
      "shadowed-settings", "two settings files", .warning, says: ["pyproject.toml don't count"],
      cure: .hand { patient, _ in try patient.project.write("", to: "pyproject.toml") }
    ) {
      try $0.project.write("history = 10\n", to: "testmon-xdist.toml")
      try $0.project.write("[tool.testmon-xdist]\nhistory = 20\n", to: "pyproject.toml")
    },
    Fault(
      "enabled", "the variable isn't set, or not exported", says: ["coordination is off", "isn't exported"],
      cure: .paste
    ) {
      $0.project.variables[Patient.enabled] = nil
    },
    Fault("enabled", "a settings file switches it off", says: ["testmon-xdist.toml:1:1"], cure: .paste) {
      $0.project.variables[Patient.enabled] = nil
      try $0.project.write("enabled = false\n", to: "testmon-xdist.toml")
    },
    Fault("enabled", "a variable that nobody reads", says: ["TESTMONXDIST_CONTROLLER_PRECREATION"], cure: .paste) {
      $0.project.variables[Patient.enabled] = nil
      $0.project.variables["TESTMONXDIST_CONTROLLER_PRECREATION"] = "true"
    },
    Fault(
      "run-variables", "a shell keeps the variables of a worker whose run is over",
      says: ["TESTMON_XDIST_WORKER_ID", "refuses to start"], cure: .paste
    ) { patient in
      let held = try patient.project.testmonXdist("controller", "--detach")
      try #require(held.status == 0, "\(held)")
      let exported = try patient.project.testmonXdist("worker", "gw0", "--export")
      for line in exported.output.split(separator: "\n") {
        let pair = line.dropFirst("export ".count).split(separator: "=", maxSplits: 1)
        patient.project.variables[String(pair[0])] = String(pair[1])
      }
      try #require(patient.project.variables["TESTMON_XDIST_WORKER_ID"] == "gw0", "\(exported)")
      let ended = try patient.project.run([try Surroundings.executable, "cleanup"])
      try #require(ended.status == 0, "\(ended)")
    },
    Fault(
      "run-variables", "a shell keeps the id of a run that is over", .warning, says: ["TESTMON_XDIST_RUN_ID"],
      cure: .paste
    ) {
      $0.project.variables["TESTMON_XDIST_RUN_ID"] = "0123456789abcdef0123456789abcdef"
    },
    Fault("executable-variable", "it names nothing", says: ["/no/such/testmon-xdist", "isn't there"], cure: .paste) {
      $0.project.variables["TESTMON_XDIST_EXECUTABLE"] = "/no/such/testmon-xdist"
    },
    Fault("executable-variable", "it names a file that isn't executable", says: ["isn't executable"], cure: .paste) {
      $0.project.variables["TESTMON_XDIST_EXECUTABLE"] = $0.project.path("pytest.ini")
    },
  ]
}
