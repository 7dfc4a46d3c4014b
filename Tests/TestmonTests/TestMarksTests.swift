import FoundationEssentials
import SQLite
import Testing

@testable import Testmon

/// A mark says that the row was inserted by a coordinated run, whoever has had the file since.
@Suite struct TestMarksTests {
  private let folder: TemporaryFolder
  private var path: String { folder(".testmondata") }

  init() throws { folder = try TemporaryFolder() }

  private func marked() throws -> [String] {
    try connect(path).rows(
      """
      SELECT test_name FROM testmon_xdist_recorded LEFT JOIN test_execution ON id = test_execution_id ORDER BY 1
      """
    ).map { $0[0].asText ?? "none" }
  }

  /// Has testmon record tests, as a coordinated run does where `marking`: by the plugin's own statement.
  private func record(
    _ tests: [String], by testmon: RealTestmon, packages: String = packagesA, marking: Bool
  ) throws {
    let plugin = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/Sources/PytestPlugin"
    try Data(
      """
      import sys
      sys.dont_write_bytecode = True
      sys.path.insert(0, "\(plugin)")
      import testmon_xdist_plugin
      from testmon.db import DB
      \(RealTestmon.initiate)
      db = DB(sys.argv[1])
      if \(marking ? "True" : "False"):
          testmon_xdist_plugin._mark_recorded(db.con)
      environment = initiate(db, "default", "\(packages)", "3.11.7")["exec_id"]
      deps = [{"filename": "a.py", "fsha": "f", "checksum": "f", "method_checksums": [1, 2]}]
      for name in "\(tests.joined(separator: " "))".split():
          db.insert_test_file_fps(
              {name: {"duration": 0.5, "failed": False, "forced": None, "deps": deps}}, environment)
      db.con.commit()
      db.con.close()
      """.utf8
    ).write(to: URL(filePath: folder("record.py")))
    _ = try testmon.run(folder("record.py"), path)
  }

  @Test(arguments: RealTestmon.releases)
  func whoeverRecordsATestAgainTakesItsMark(testmon: RealTestmon) throws {
    let first = try prepare(path, version: testmon.dataVersion, markingTests: true)
    #expect(first.marksTests)
    try record(["t1", "t2", "t3"], by: testmon, marking: true)
    #expect(try marked() == ["t1", "t2", "t3"])
    // The newest row's id is given again.
    let ids = "SELECT group_concat(id) FROM (SELECT id FROM test_execution ORDER BY id)"
    let before = try connect(path).value(ids)
    try record(["t3"], by: testmon, marking: false)
    #expect(try connect(path).value(ids) == before)
    #expect(try marked() == ["t1", "t2"])
    try record(["t1"], by: testmon, marking: false)
    #expect(try marked() == ["t2"])
    // Asked for or not, the table stays, and what is recorded is marked.
    #expect(try prepare(path, version: testmon.dataVersion).marksTests)
    try record(["t3"], by: testmon, marking: true)
    #expect(try marked() == ["t2", "t3"])
    #expect(try count("test_execution", in: path) == 3)
  }

  @Test(arguments: RealTestmon.releases)
  func theMarksGoWithTheirEnvironment(testmon: RealTestmon) throws {
    try prepare(path, version: testmon.dataVersion, markingTests: true)
    try record(["t1"], by: testmon, marking: true)
    // 2.2.0 deletes the environment, and by its foreign keys the tests; the others add one.
    try record(["t2"], by: testmon, packages: packagesB, marking: false)
    #expect(try marked() == (testmon.dataVersion == 14 ? [] : ["t1"]))
    // So do we, and we ask for no foreign keys.
    try prepare(path, key(packagesC), version: testmon.dataVersion, keep: 1, markingTests: true)
    try purge(path)
    #expect(try marked() == [])
    #expect(try count("test_execution", in: path) == 0)
  }

  @Test func withoutNeedThereIsNoTable() throws {
    #expect(try !prepare(path).marksTests)
    let first = try prepare(path, markingTests: true)
    #expect(first.marksTests && !first.created)
    let (before, time) = (try bytes(of: path), changeTime(of: path))
    #expect(try prepare(path, markingTests: true).marksTests)
    #expect(try bytes(of: path) == before && changeTime(of: path) == time)
    // Another release's file is replaced with everything in it.
    let replaced = try prepare(path, version: 14)
    #expect(replaced.created && !replaced.marksTests)
  }
}
