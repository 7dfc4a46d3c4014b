import FoundationEssentials
import Glibc
import SQLite
import Testing

@testable import Testmon

/// A folder of its own for each test, gone with the last reference to it.
final class TemporaryFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/testmon-xdist-tests.XXXXXX".utf8CString)
    path = String(cString: try #require(mkdtemp(&template)))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }

  /// Everything in the folder, sorted.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

func bytes(of path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

func write(_ data: some Sequence<UInt8>, to path: String) throws {
  try Data(data).write(to: URL(filePath: path))
}

/// Seconds and nanoseconds of a file's last change.
func changeTime(of path: String) -> [Int] {
  var info = stat()
  stat(path, &info)
  return [info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_ctim.tv_sec, info.st_ctim.tv_nsec]
}

/// 2026-11-23T10:36:00Z
let noon = Date(timeIntervalSince1970: 1_795_430_160)

let packagesA = "pytest 8.3, testmon 2.1"
let packagesB = "pytest 8.3, requests 2.32, testmon 2.1"
let packagesC = "pytest 8.4, testmon 2.1"

func key(_ packages: String = packagesA, name: String = "default", python: String = "3.11.7") -> EnvironmentKey {
  EnvironmentKey(name: name, packages: packages, python: python)
}

@discardableResult
func prepare(
  _ path: String, _ key: EnvironmentKey = key(), version: Int = 13, keep: Int = 4, at now: Date = noon,
  markingTests: Bool = false
) throws(DataFileError) -> Preparation {
  try DataFile.prepare(
    at: path, dataVersion: version, environment: key, keep: keep, now: now, markingTests: markingTests,
    busyTimeout: .seconds(20))
}

/// Deletes all that preparations have given up.
func purge(_ path: String) throws { while try !DataFile.purge(at: path) {} }

/// A connection of the test's own.
func connect(_ path: String) throws -> Database { try Database(path: path, access: .readWrite) }

/// Records tests for an environment, each with a file of its own and one file that all of the file share.
func record(_ tests: [String], for environmentID: Int64, in path: String) throws {
  let database = try connect(path)
  try database.rows("INSERT OR IGNORE INTO file_fp (filename, fsha, method_checksums) VALUES ('shared.py', 's', x'00')")
  for test in tests {
    try database.rows(
      "INSERT INTO test_execution (environment_id, test_name, duration, failed) VALUES (?1, ?2, 0.5, 0)",
      .integer(environmentID), .text(test))
    let execution = try database.value("SELECT last_insert_rowid()")
    try database.rows(
      "INSERT OR IGNORE INTO file_fp (filename, fsha, method_checksums) VALUES (?1, 's', x'00')", .text(test + ".py"))
    try database.rows(
      "INSERT INTO test_execution_file_fp SELECT ?1, id FROM file_fp WHERE filename IN (?2, 'shared.py')",
      execution, .text(test + ".py"))
  }
}

/// The rows of the environment table as `id name|packages`, by id.
func environments(in path: String) throws -> [String] {
  try connect(path).rows(
    "SELECT id || ' ' || environment_name || '|' || system_packages FROM environment ORDER BY id"
  ).compactMap { $0[0].asText }
}

func count(_ table: String, in path: String) throws -> Int64? {
  try connect(path).value("SELECT count(*) FROM \(table)").asInteger
}

/// The reason that `body` fails for; nil when it doesn't.
func reason(_ body: () throws -> Void) -> DataFileError.Reason? {
  do {
    try body()
    return nil
  } catch {
    return (error as? DataFileError)?.reason
  }
}
