import FoundationEssentials
import Glibc
import SQLite
import Testing

/// An installed, unpatched release of testmon.
struct RealTestmon: CustomStringConvertible {
  let release: String
  let dataVersion: Int

  var description: String { "testmon \(release)" }

  /// One or more of each data version, and one of each way to choose an environment's row.
  static let releases = [
    RealTestmon(release: "2.0.0", dataVersion: 8), RealTestmon(release: "2.0.6", dataVersion: 9),
    RealTestmon(release: "2.0.12", dataVersion: 12), RealTestmon(release: "2.0.13", dataVersion: 13),
    RealTestmon(release: "2.0.15", dataVersion: 13), RealTestmon(release: "2.1.1", dataVersion: 13),
    RealTestmon(release: "2.1.4", dataVersion: 13), RealTestmon(release: "2.2.0", dataVersion: 14),
  ]

  struct Environment: Codable {
    var name: String
    var packages: String
    var python: String
    /// Tests to record, in `make`.
    var tests: [String] = []
  }

  struct Answer: Codable, Equatable {
    var environmentID: Int64
    var packagesChanged: Bool
    /// Names of the tests that testmon finds recorded.
    var tests: [String]
  }

  /// One time that testmon opens a file.
  struct Opening: Codable {
    var path: String
    var readOnly = false
    var environment: Environment
  }

  /// Has testmon open the file, for each environment in turn, and record its tests; as runs without testmon-xdist.
  func make(_ path: String, _ environments: [Environment]) throws {
    _ = try drive(environments.map { Opening(path: path, environment: $0) })
  }

  /// What testmon makes of each, one after the other, all in one process.
  func drive(_ openings: [Opening]) throws -> [Answer] {
    let folder = try TemporaryFolder()
    try Data(RealTestmon.driver.utf8).write(to: URL(filePath: folder("driver.py")))
    try JSONEncoder().encode(openings).write(to: URL(filePath: folder("openings.json")))
    let output = try run(folder("driver.py"), folder("openings.json"))
    return try JSONDecoder().decode([Answer].self, from: Data(output.utf8))
  }

  /// Runs a script with the release's Python and returns its output.
  func run(_ script: String, _ argument: String) throws -> String {
    let variable = "TESTMON_XDIST_TEST_VENVS"
    let environments = try #require(
      getenv(variable).map { String(cString: $0) },
      "\(variable) must name a folder with virtual environments: testmon-2.0.15, testmon-2.1.1, …")
    let python = "\(environments)/testmon-\(release)/bin/python"
    try #require(access(python, X_OK) == 0, "\(variable): there is no \(python)")
    let pipe = try #require(popen("'\(python)' '\(script)' '\(argument)' 2>&1", "re"))
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let length = fread(&buffer, 1, buffer.count, pipe), length > 0 { output += buffer.prefix(length) }
    let status = pclose(pipe)
    let text = String(decoding: output, as: UTF8.self)
    try #require(status == 0, "\(self): \(text)")
    return text
  }

  /// A Python function that has testmon choose an environment, whatever its release.
  static let initiate = """
    def initiate(db, *environment):
        takes_metadata = "execution_metadata" in db.initiate_execution.__code__.co_varnames  # from 2.0.5 on
        return db.initiate_execution(*environment, *([{}] if takes_metadata else []))

    """

  private static let driver = """
    import json, sys
    from inspect import signature
    from testmon.db import DB

    \(initiate)
    answers = []
    for opening in json.load(open(sys.argv[1])):
        environment = opening["environment"]
        # Up to 2.0.13 there is no such parameter: every connection writes.
        readonly = {"readonly": opening["readOnly"]} if "readonly" in signature(DB).parameters else {}
        db = DB(opening["path"], **readonly)
        result = initiate(db, environment["name"], environment["packages"], environment["python"])
        deps = [{"filename": "a.py", "fsha": "f", "checksum": "f", "method_checksums": [1, 2]}]
        tests = {
            name: {"duration": 0.5, "failed": False, "forced": None, "deps": deps} for name in environment["tests"]
        }
        if tests:
            db.insert_test_file_fps(tests, result["exec_id"])
        answers.append(
            {
                "environmentID": result["exec_id"],
                "packagesChanged": bool(result["packages_changed"]),
                "tests": sorted(db.all_test_executions(result["exec_id"])),
            }
        )
        db.con.commit()
        db.con.close()
    json.dump(answers, sys.stdout)
    """
}
