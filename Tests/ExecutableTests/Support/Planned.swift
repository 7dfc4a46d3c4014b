import FoundationEssentials
import Testing

extension Project {
  /// Notes every test that runs, in the file `ran` of the home: in whichever process that is.
  static let notingConftest = """
    import os


    def pytest_runtest_call(item):
        with open(os.path.join(os.environ["HOME"], "ran"), "a") as notes:
            notes.write(item.nodeid + "\\n")

    """

  /// Tests that wait, four in each file: `lib.py` says how long.
  func addSleepingTests(files: Int = 6, seconds: Double = 0.5) throws {
    try write(Self.notingConftest, to: "conftest.py")
    try editSleep(seconds)
    for file in 1...files {
      let tests = (1...4).map { "def test_\($0)():\n    lib.wait()\n" }
      try write("import lib\n\n\n" + tests.joined(separator: "\n\n"), to: "tests/test_\(file).py")
    }
  }

  /// Affects all of these.
  func editSleep(_ seconds: Double, version: Int = 0) throws {
    try write("import time\n\n\ndef wait():\n    version = \(version)\n    time.sleep(\(seconds))\n", to: "lib.py")
  }

  /// Runs pytest with the plugin, and tells which tests it ran.
  func plannedRun(_ arguments: String..., way: Way = .plugin, with more: [String: String] = [:]) throws -> PlannedRun {
    try plannedRun(arguments, way: way, with: more)
  }

  func plannedRun(_ arguments: [String], way: Way = .plugin, with more: [String: String] = [:]) throws -> PlannedRun {
    try write("", to: "\(home)/ran")
    let before = variables
    variables.merge(more) { $1 }
    defer { variables = before }
    let outcome = try startPytest(way, ["--testmon"] + arguments).finish()
    let ran = String(decoding: try bytes("\(home)/ran"), as: UTF8.self).split(separator: "\n").map(String.init)
    let workers = way == .plugin ? try history().first?.workers.count : nil
    return PlannedRun(outcome: outcome, ran: ran.sorted(), workers: workers ?? 0)
  }

  /// Lets what is started in this project use two processors at most: the same on each machine.
  func limitToTwoProcessors() throws {
    try write(
      "import os\nos.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])\n", to: "\(home)/limit/sitecustomize.py")
    pythonPath.append("\(home)/limit")
  }
}

/// A run of pytest, and what it ran.
struct PlannedRun: CustomStringConvertible {
  let outcome: Outcome
  /// The tests' ids, sorted.
  let ran: [String]
  /// How many got ready.
  let workers: Int

  /// What the header says of the plan, without why the tests run.
  var plan: String? {
    outcome.ourLines.first { $0.contains(" tests to run") || $0.contains("as many workers as xdist would start") }
      .flatMap { $0.dropFirst("testmon-xdist: ".count).split(separator: "; ").first.map(String.init) }
  }
  var isInThisProcess: Bool { plan?.hasSuffix(": in this process") == true && workers == 0 }
  var description: String { "\(workers) workers, ran \(ran)\n\(outcome)" }
}
