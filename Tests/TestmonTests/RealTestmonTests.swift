import FoundationEssentials
import SQLite
import Testing

@testable import Testmon

/// The truth about what testmon makes and accepts is testmon.
@Suite struct RealTestmonTests {
  @Test func everyKnownDataVersionHasARelease() {
    #expect(Set(RealTestmon.releases.map(\.dataVersion)) == Set(DataVersion.known.map(\.number)))
  }

  @Test(arguments: RealTestmon.releases)
  func tablesAreThoseThatTestmonMakes(testmon: RealTestmon) throws {
    let folder = try TemporaryFolder()
    try testmon.make(folder("theirs"), [.init(name: "default", packages: "a 1", python: "3.11.7")])
    try prepare(folder("ours"), key(), version: testmon.dataVersion)
    for question in [
      "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master ORDER BY rowid", "PRAGMA user_version",
      "PRAGMA journal_mode", "PRAGMA page_size", "PRAGMA encoding", "PRAGMA auto_vacuum", "PRAGMA application_id",
    ] {
      #expect(try connect(folder("ours")).rows(question) == connect(folder("theirs")).rows(question))
    }
  }

  /// What the file may look like before, and which recorded tests are there after.
  struct Situation: CustomStringConvertible {
    let description: String
    /// Runs of the real testmon, without testmon-xdist.
    var before: [RealTestmon.Environment] = []
    var tests: [String] = []
    var packagesChanged = false
  }

  static let wanted = RealTestmon.Environment(name: "default", packages: packagesA, python: "3.11.7")
  static let situations = [
    Situation(description: "no file"),
    Situation(
      description: "the same packages",
      before: [.init(name: "default", packages: packagesA, python: "3.11.7", tests: ["t1", "t2"])],
      tests: ["t1", "t2"]),
    Situation(
      description: "other packages",
      before: [.init(name: "default", packages: packagesB, python: "3.11.7", tests: ["t1"])], packagesChanged: true),
    Situation(
      description: "other Python",
      before: [.init(name: "default", packages: packagesA, python: "3.12.1", tests: ["t1"])], packagesChanged: true),
    Situation(
      description: "several rows, none right",
      before: [
        .init(name: "default", packages: packagesB, python: "3.11.7", tests: ["t1"]),
        .init(name: "default", packages: packagesC, python: "3.11.7", tests: ["t2"]),
        .init(name: "default", packages: "", python: "3.9.1", tests: ["t3"]),
      ], packagesChanged: true),
    Situation(
      description: "another name",
      before: [.init(name: "other", packages: packagesA, python: "3.11.7", tests: ["t1"])]),
  ]

  @Test(arguments: RealTestmon.releases, situations)
  func testmonTakesOurRow(testmon: RealTestmon, situation: Situation) throws {
    let folder = try TemporaryFolder()
    let path = folder(".testmondata")
    if !situation.before.isEmpty { try testmon.make(path, situation.before) }
    let preparation = try prepare(path, version: testmon.dataVersion)
    #expect(preparation.packagesChanged == situation.packagesChanged)
    #expect(preparation.keptAside == nil)
    try expectAgreement(testmon, path, preparation, tests: situation.tests)
  }

  /// Up to 2.1.4 every change of packages leaves a row, and which of them is taken differs between releases.
  @Test(
    arguments: RealTestmon.releases.filter { $0.dataVersion == 13 },
    RealTestmon.releases.filter { $0.dataVersion == 13 })
  func amongSeveralRowsTestmonTakesOurs(maker: RealTestmon, reader: RealTestmon) throws {
    let folder = try TemporaryFolder()
    let path = folder(".testmondata")
    try maker.make(
      path,
      [packagesB, packagesA, packagesC].map {
        .init(name: "default", packages: $0, python: "3.11.7", tests: ["with " + $0])
      })
    #expect(try count("environment", in: path) == 3)
    for packages in [packagesA, packagesC, packagesB] {
      let preparation = try prepare(path, key(packages), version: 13)
      #expect(!preparation.packagesChanged)
      try expectAgreement(reader, path, preparation, packages: packages, tests: ["with " + packages])
    }
  }

  @Test(arguments: RealTestmon.releases)
  func parkedTestsOutliveRunsWithoutUs(testmon: RealTestmon) throws {
    let folder = try TemporaryFolder()
    let path = folder(".testmondata")
    let first = try prepare(path, key(packagesA), version: testmon.dataVersion)
    try testmon.make(path, [.init(name: "default", packages: packagesA, python: "3.11.7", tests: ["t1"])])
    try prepare(path, key(packagesB), version: testmon.dataVersion)
    // 2.2.0 now deletes the row with B; older ones add a second.
    try testmon.make(path, [.init(name: "default", packages: packagesC, python: "3.11.7", tests: ["t2"])])
    let back = try prepare(path, key(packagesA), version: testmon.dataVersion)
    #expect(back.pickedUpAgain && !back.packagesChanged && back.environmentID == first.environmentID)
    try expectAgreement(testmon, path, back, tests: ["t1"])
  }

  @Test(arguments: RealTestmon.releases)
  func oddNames(testmon: RealTestmon) throws {
    let folder = try TemporaryFolder()
    let path = folder("data ?#%25'\"é")
    var openings: [RealTestmon.Opening] = []
    var expected: [RealTestmon.Answer] = []
    for name in ["", "o'ne \"two\"", "a\nb", "Prüfung 🐍", "x [kept by testmon-xdist since 2026-11-23T10:36:00Z]"] {
      for packages in [packagesA, packagesB, packagesA] {
        let preparation = try prepare(path, key(packages, name: name), version: testmon.dataVersion)
        // testmon puts the path into a URI as it is.
        let plain = folder("plain\(openings.count)")
        try FileManager.default.copyItem(atPath: path, toPath: plain)
        for readOnly in [true, false] {
          openings.append(
            .init(
              path: plain, readOnly: readOnly, environment: .init(name: name, packages: packages, python: "3.11.7")))
          expected.append(.init(environmentID: preparation.environmentID, packagesChanged: false, tests: []))
        }
      }
    }
    #expect(try testmon.drive(openings) == expected)
  }

  /// A file whose maker was killed: 4,096 bytes, everything else in `-wal`.
  @Test(arguments: RealTestmon.releases)
  func contentInTheLogCounts(testmon: RealTestmon) throws {
    let folder = try TemporaryFolder()
    let path = folder(".testmondata")
    try Data(
      """
      import os, sys
      from testmon.db import DB
      \(RealTestmon.initiate)
      db = DB(sys.argv[1])
      initiate(db, "default", "\(packagesA)", "3.11.7")
      db.insert_test_file_fps({"t1": {"duration": 0.5, "failed": False, "forced": None, "deps": []}}, 1)
      db.con.commit()
      os._exit(0)
      """.utf8
    ).write(to: URL(filePath: folder("killed.py")))
    _ = try testmon.run(folder("killed.py"), path)
    #expect(try bytes(of: path).count <= 4096)
    let seen = try DataFile.inspect(at: path)
    #expect(seen.hasContentInWAL && seen.dataVersion == testmon.dataVersion && seen.tests == 1)

    let preparation = try prepare(path, version: testmon.dataVersion)
    #expect(!preparation.created && preparation.keptAside == nil)
    #expect(folder.names == [".testmondata", "killed.py"])
    try expectAgreement(testmon, path, preparation, tests: ["t1"])
  }

  /// Changing from one release to another: each would delete the other's file.
  @Test func changeOfReleaseKeepsTheFile() throws {
    let folder = try TemporaryFolder()
    let path = folder(".testmondata")
    let (old, new) = (RealTestmon.releases[6], RealTestmon.releases[7])
    try old.make(path, [.init(name: "default", packages: packagesA, python: "3.11.7", tests: ["t1"])])
    let up = try prepare(path, version: 14)
    #expect(up.created && !up.packagesChanged && up.keptAside?.path == path + ".v13.bak")
    try expectAgreement(new, path, up, tests: [])
    try new.make(path, [.init(name: "default", packages: packagesA, python: "3.11.7", tests: ["t2"])])
    let down = try prepare(path, version: 13)
    #expect(down.created && down.keptAside?.path == path + ".v14.bak")
    try expectAgreement(old, path, down, tests: [])
    try expectAgreement(old, path + ".v13.bak", id: 1, tests: ["t1"])
    try expectAgreement(new, path + ".v14.bak", id: up.environmentID, tests: ["t2"])
  }

  private func expectAgreement(
    _ testmon: RealTestmon, _ path: String, _ preparation: Preparation, name: String = "default",
    packages: String = packagesA, tests: [String]
  ) throws {
    try expectAgreement(
      testmon, path, id: preparation.environmentID, name: name, packages: packages, tests: tests)
  }

  private func expectAgreement(
    _ testmon: RealTestmon, _ path: String, id: Int64, name: String = "default", packages: String = packagesA,
    tests: [String]
  ) throws {
    let environment = RealTestmon.Environment(name: name, packages: packages, python: "3.11.7")
    let answers = try testmon.drive([true, false].map { .init(path: path, readOnly: $0, environment: environment) })
    let expected = RealTestmon.Answer(environmentID: id, packagesChanged: false, tests: tests)
    #expect(answers == [expected, expected], "\(testmon), read-only and read-write")
  }
}
