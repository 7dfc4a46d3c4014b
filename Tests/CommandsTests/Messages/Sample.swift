import FoundationEssentials
import Glibc
import Platform
import Testing

/// A message as somebody gets it, and what makes it one that helps.
struct Sample {
  let text: String
  /// What it names: a file, a variable, an option, a process.
  let place: String
  /// With what its advice begins.
  let next: String

  init(_ text: String, place: String, next: String) {
    (self.text, self.place, self.next) = (text, place, next)
  }
}

/// A project in a folder of its own, where the built executable is provoked.
struct Provocation {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("project/pytest.ini", "[pytest]\n")
    try folder.makeFolder("home/bin")
    try folder.link("home/bin/testmon-xdist", to: Self.value("TESTMON_XDIST_TEST_EXECUTABLE"))
  }

  var project: String { "\(folder.path)/project" }

  static func value(_ name: String) throws -> String {
    try #require(getenv(name).map { String(cString: $0) }, "make sets \(name) for the tests")
  }

  /// What a script for sh(1) writes, to stdout and stderr; an answer in JSON as its message alone. `$PYTHON` has testmon.
  func run(_ script: String) throws -> String {
    let python = try Self.value("TESTMON_XDIST_TEST_VENVS") + "/testmon-2.2.0/bin/python"
    let (output, outputEnd) = try FileDescriptor.pipe()
    let before = "cd '\(project)' || exit 1; exec 2>&1 </dev/null\n"
    let variables = [
      "PATH=\(folder.path)/home/bin:/usr/local/bin:/usr/bin:/bin", "HOME=\(folder.path)/home",
      "TMPDIR=\(folder.path)/home", "PYTHON=\(python)",
    ]
    let process = try ChildProcess(
      .arguments(["/usr/bin/env", "-i"] + variables + ["/bin/sh", "-c", before + script]),
      descriptors: [1: outputEnd])
    outputEnd.close()
    let bytes = try output.readAll(limit: 1 << 20)
    _ = process.wait()
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(Self.message).joined(separator: "\n")
  }

  private static func message(_ line: Substring) -> String {
    struct Answer: Decodable { let message: String? }
    let answer = try? JSONDecoder().decode(Answer.self, from: Data(line.utf8))
    return answer.map { $0.message ?? "" } ?? String(line)
  }
}
