import FoundationEssentials
import Platform

/// What a pytest with the plugin says to `controller --companion`, for tests that are the pytest themselves.
struct CompanionFacts {
  var `protocol` = "3"
  var dataVersion = 14
  var packages = "pytest 8.3, pytest-testmon 2.2"
  var dataFile = ".testmondata"
  /// The pytest that asks; the shell that starts the companion stands for it.
  var owner = "$$"

  /// A line for sh(1), inside double quotes.
  func line(in project: Project) -> String {
    let line =
      "{'testmon': '2.2.0', 'facts': {'rootdir': '\(project.rootdir)', 'database_path': '\(project.path(dataFile))', "
      + "'data_version': \(dataVersion), 'environment_name': 'default', 'system_packages': '\(packages)', "
      + "'python_version': '3.12.1', 'expected_workers': 0, 'owner_pid': \(owner), 'history_folder': null}}"
    return line.replacing("'", with: #"\""#)
  }
}

extension Project {
  /// Starts a companion that is told this, and nothing more: its run ends as soon as it is ready.
  func startCompanion(_ facts: CompanionFacts = CompanionFacts()) throws -> Process {
    try start(
      [
        "/bin/sh", "-c", "echo \"\(facts.line(in: self))\" | \"$0\" controller --companion \(facts.protocol)",
        Surroundings.executable,
      ],
      ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true"])
  }
}
