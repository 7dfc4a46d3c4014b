import FoundationEssentials
import Glibc
import Testing

extension Fault {
  static let versions: [Fault] = [
    Fault(
      "python-version", "Python 2.7", says: ["is Python 2.7."], cure: .usualPython,
      isPossible: Patient.oldPython("2.7") != nil
    ) { $0.options = ["--python", try #require(Patient.oldPython("2.7"))] },
    Fault(
      "python-version", "Python 3.6", says: ["is Python 3.6."], cure: .usualPython,
      isPossible: Patient.oldPython("3.6") != nil
    ) { $0.options = ["--python", try #require(Patient.oldPython("3.6"))] },
    Fault("pytest-version", "it is too old", says: ["pytest 5.3.5 is older"], cure: .paste) {
      try $0.makeEnvironment(copying: ["pytest", "_pytest"])
      try $0.pretend("pytest", "5.3.5")
      try $0.offer("pytest")
    },
    Fault("pytest-version", "it is newer than tested", .warning, says: ["pytest 10.0.0 is newer"], cure: .paste) {
      try $0.makeEnvironment(copying: ["pytest", "_pytest"])
      try $0.pretend("pytest", "10.0.0")
      try $0.offer("pytest")
    },
    Fault("xdist-version", "it is too old", says: ["pytest-xdist 1.28.0 is older"], cure: .paste) {
      try $0.makeEnvironment(copying: ["xdist", "pytest_xdist"])
      try $0.pretend("pytest_xdist", "1.28.0")
      try $0.offer("pytest-xdist")
    },
    Fault("xdist-version", "it is newer than tested", .warning, says: ["pytest-xdist 4.0.0 is newer"], cure: .paste) {
      try $0.makeEnvironment(copying: ["xdist", "pytest_xdist"])
      try $0.pretend("pytest_xdist", "4.0.0")
      try $0.offer("pytest-xdist")
    },
    Fault("testmon-version", "testmon 1.x", says: ["pytest-testmon 1.4.5 is older"], cure: .paste) {
      try $0.makeEnvironment(from: try Surroundings.environment("1.4.5"), copying: ["testmon", "pytest_testmon"])
      try $0.offer("pytest-testmon", from: try Surroundings.environment("2.1.1"))
    },
    Fault("testmon-version", "its data version is newer than known", .warning, says: ["newer than"], cure: .paste) {
      try $0.makeEnvironment(copying: ["testmon", "pytest_testmon"])
      try $0.pretend("pytest_testmon", "3.0.0")
      try $0.edit("testmon/db.py", "s/^DATA_VERSION = .*/DATA_VERSION = 15/")
      try $0.offer("pytest-testmon")
    },
    Fault("testmon-version", "something has changed it", says: ["isn't made like"], cure: .paste) {
      try $0.makeEnvironment(copying: ["testmon", "pytest_testmon"])
      try $0.edit("testmon/*.py", "s/get_nodes_files_lines/get_lines/g")
      try $0.offer("pytest-testmon")
    },
    Fault("core", "COVERAGE_CORE names none", says: ["COVERAGE_CORE (fast)"], cure: .paste) {
      $0.project.variables["COVERAGE_CORE"] = "fast"
    },
    Fault(
      "core", "coverage's sysmon core", .warning, says: ["can't tell tests apart"], cure: .paste,
      isPossible: ExtraPython.areHere
    ) { patient in
      let python = try #require(ExtraPython.all.first)
      patient.options = ["--python", "\(python.environment)/bin/python"]
      patient.project.variables["COVERAGE_CORE"] = "sysmon"
    },
    Fault(
      "branch-coverage", "--cov-branch in pytest.ini", says: ["pytest-cov measures branches (addopts in pytest.ini)"],
      cure: .hand { patient, _ in try patient.configure("addopts = --cov=tests") }
    ) {
      $0.project.pythonPath.append(try Surroundings.installed(.cov))
      try $0.configure("addopts = --cov=tests --cov-branch")
    },
    Fault(
      "branch-coverage", "`branch = true` in coverage's configuration", says: ["pytest-cov measures branches"],
      cure: .hand { patient, _ in
        // What was measured before is still there.
        let measured = try patient.project.bytes(".coverage")
        #expect(measured == [1, 2, 3])
        unlink(patient.project.path(".coveragerc"))
      }
    ) {
      try $0.project.write([1, 2, 3], to: ".coverage")
      $0.project.pythonPath.append(try Surroundings.installed(.cov))
      try $0.configure("addopts = --cov=tests")
      try $0.project.write("[run]\nbranch = true\n", to: ".coveragerc")
    },
    Fault(
      "environment-name", "its expression never repeats", says: ["another name each time"],
      cure: .hand { patient, _ in try patient.configure("environment_expression = 'always'") }
    ) { try $0.configure("environment_expression = os.getpid()") },
    Fault(
      "environment-name", "its expression fails", .warning, says: ["NameError"],
      cure: .hand { patient, _ in try patient.configure("environment_expression = 'always'") }
    ) { try $0.configure("environment_expression = nothing_like_it") },
  ]
}

extension Fault.Cure {
  static let usualPython = Fault.Cure.hand { patient, _ in
    patient.options = ["--python", "\(patient.project.environment)/bin/python"]
  }
}
