import Glibc
import Testing
import Text

@testable import CommandLine

/// Runs the completions in bash itself.
@Suite(.enabled(if: access("/bin/bash", X_OK) == 0)) struct BashCompletionTests {
  /// The words on the line, and what is offered for the last; nil: files in /etc.
  private static let lines: [([String], [String]?)] = [
    (["testmon-xdist", ""], ["cleanup", "controller", "doctor", "help", "status", "worker"]),
    (["testmon-xdist", "sta"], ["status"]),
    (["testmon-xdist", "--rootdir", "status", "cl"], ["cleanup"]),
    (["testmon-xdist", "status", "--h"], ["--help", "--history"]),
    (["testmon-xdist", "controller", "--de"], ["--debug", "--detach"]),
    (["testmon-xdist", "status", "--color", "a"], ["always", "auto"]),
    (["testmon-xdist", "status", "--color", "=", "n"], ["never"]),
    (["testmon-xdist", "status", "--color", "="], ["always", "auto", "never"]),
    (["testmon-xdist", "help", "w"], ["worker"]),
    (["testmon-xdist", "status", "--", "--"], []),
    (["testmon-xdist", "controller", "--", "env", "/etc/host"], nil),
  ]

  @Test(arguments: lines)
  func offers(_ words: [String], _ expected: [String]?) throws {
    let quoted = words.map(ShellWord.quote).joined(separator: " ")
    let script = """
      \(BashCompletion.render())
      COMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count - 1)
      _testmon_xdist
      ((${#COMPREPLY[@]} == 0)) || printf '%s\\n' "${COMPREPLY[@]}"
      """
    let offered = try run(script).split(separator: "\n").map(String.init).sorted()
    if let expected {
      #expect(offered == expected)
    } else {
      #expect(!offered.isEmpty && offered.allSatisfy { $0.hasPrefix("/etc/host") })
    }
  }

  private func run(_ script: String) throws -> String {
    let pipe = try #require(popen("/bin/bash -u -c \(ShellWord.quote(script)) 2>&1", "r"))
    defer { pclose(pipe) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&chunk, 1, chunk.count, pipe), count > 0 { bytes += chunk.prefix(count) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
