import FoundationEssentials
import Glibc
import Platform
import Testing

/// A real pytest, asked what it takes for the rootdir and the cache of folders.
struct PytestOracle {
  struct Answer: Decodable, Equatable {
    let rootdir: String
    let cacheFolder: String
  }

  private let environment: [String: String]

  init(_ environment: [String: String]) { self.environment = environment }

  /// - Parameter questions: a working folder each, and what `--rootdir` is to be, if anything.
  func ask(_ questions: [(folder: String, rootdir: String?)]) throws -> [Answer] {
    let folder = try #require(
      getenv("TESTMON_XDIST_TEST_VENVS").map { String(cString: $0) }, "make names the environments for the tests")
    let words = questions.flatMap { [$0.folder, $0.rootdir ?? ""] }
    let (output, outputEnd) = try FileDescriptor.pipe()
    let process = try ChildProcess(
      .arguments(["\(folder)/testmon-2.2.0/bin/python", "-B", "-c", Self.script] + words),
      environment: environment.mapValues { $0 }, descriptors: [1: outputEnd])
    outputEnd.close()
    let bytes = try output.readAll(limit: 1 << 20)
    try #require(process.wait() == .exited(0))
    return try JSONDecoder().decode([Answer].self, from: Data(bytes))
  }

  private static let script = """
    import json, os, sys
    import pytest
    answers = []
    class Plugin:
        def pytest_configure(self, config):
            cache = os.path.normpath(str(config.cache._cachedir))
            answers.append({"rootdir": str(config.rootpath), "cacheFolder": cache})
    stdout = os.dup(1)
    os.dup2(2, 1)
    words = sys.argv[1:]
    for folder, rootdir in zip(words[::2], words[1::2]):
        os.chdir(folder)
        options = ["--rootdir", rootdir] if rootdir else []
        pytest.main(["--collect-only", "-qq", *options], plugins=[Plugin()])
    os.write(stdout, json.dumps(answers).encode())
    """
}
