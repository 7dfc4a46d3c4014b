import SQLite
import Testing

/// Environments that aren't kept: their tests are deleted at the end of runs.
@Suite struct GivenUpTests {
  private let project: Project

  init() throws {
    project = try Project()
    project.variables["TESTMON_XDIST_KEEP_ENVIRONMENTS"] = "1"
    project.variables["TESTMON_XDIST_DEBUG"] = "true"
    try run(packages: "old")
    try database(.readWrite).execute(
      """
      INSERT INTO file_fp (id, filename) VALUES (1, 'a.py');
      INSERT INTO test_execution (id, environment_id, test_name) VALUES (1, 1, 't1'), (2, 1, 't2');
      INSERT INTO test_execution_file_fp VALUES (1, 1), (2, 1)
      """)
  }

  @Test func byTheRunThatGivesThemUp() throws {
    try run(packages: "new")
    try expectOnlyNew()
  }

  /// Another process writes when that run ends, so the next one does it.
  @Test func byTheNextRunWhereItCouldNot() throws {
    let blocker = """
      import sqlite3, sys, time
      connection = sqlite3.connect(".testmondata")
      connection.execute("BEGIN IMMEDIATE")
      print("locked", flush=True)
      sys.stdin.read()
      """
    let python = "\(project.environment)/bin/python"
    try project.write(blocker, to: "blocker.py")
    let outcome = try project.shell(
      """
      mkfifo facts blocked locked
      testmon-xdist controller --companion 3 <facts >answers &
      companion=$!
      exec 3>facts
      echo "\(CompanionFacts(packages: "new").line(in: project))" >&3
      until grep -q 'state":"[re]' answers; do sleep 0.1; done
      '\(python)' blocker.py <blocked >locked 3>&- &
      exec 4>blocked
      read word <locked
      exec 3>&-
      wait $companion
      exec 4>&-
      wait
      """, ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true"])
    #expect(outcome.status == 0 && outcome.errors.contains("are deleted later"), "\(outcome)")
    #expect(try values("SELECT count(*) FROM test_execution") == [.integer(2)])
    try run(packages: "new")
    try expectOnlyNew()
  }

  private func run(packages: String) throws {
    let outcome = try project.startCompanion(CompanionFacts(packages: packages)).finish()
    try #require(outcome.status == 0 && outcome.output.contains(#""state":"ready""#), "\(outcome)")
  }

  private func expectOnlyNew() throws {
    #expect(try values("SELECT system_packages FROM environment") == [.text("new")])
    for table in ["test_execution", "test_execution_file_fp", "file_fp"] {
      #expect(try values("SELECT count(*) FROM \(table)") == [.integer(0)], "\(table)")
    }
  }

  private func values(_ sql: String) throws -> [Value] { try database(.readOnly).rows(sql).map { $0[0] } }

  private func database(_ access: Database.Access) throws -> Database {
    try Database(path: project.path(".testmondata"), access: access)
  }
}
