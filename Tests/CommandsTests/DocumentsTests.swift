import CommandLine
import FoundationEssentials
import Settings
import Testing
import Variables

/// What README.md and docs/ say in running text; `make documents` runs their blocks.
@Suite struct DocumentsTests {
  @Test func theyNameNoVariableThatIsNotThere() throws {
    let known = Set(EnvironmentVariable.allCases.map(\.rawValue) + Settings.documentation.map(\.variable))
    // One is shown as a mistake.
    let allowed = known.union(["TESTMON_XDIST_WORKER_TIMOUT"])
    for (path, text) in try Repository.documents() {
      let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }.map(String.init)
      let named = Set(words.filter { $0.hasPrefix(EnvironmentVariable.prefix) && $0 != EnvironmentVariable.prefix })
      #expect(named.isSubset(of: allowed), "in \(path): \(named.subtracting(allowed))")
    }
  }

  @Test func theCommandsInTheirTextAreRightOnes() throws {
    var count = 0
    for (path, text) in try Repository.documents() {
      for command in Self.commands(in: text) {
        count += 1
        #expect(throws: Never.self, "\(path): \(command.joined(separator: " "))") { try Request(command) }
      }
    }
    #expect(count > 10)
  }

  /// The words after `testmon-xdist`, of each command that stands in a line between backticks.
  private static func commands(in text: String) -> [[String]] {
    text.split(separator: "\n").flatMap { line in
      line.split(separator: "`", omittingEmptySubsequences: false).enumerated().compactMap { index, code in
        let words = code.split(separator: " ").map(String.init)
        let isCommand = !index.isMultiple(of: 2) && words.first == "testmon-xdist" && words.count > 1
        // Neither where a name stands for any command, nor what the plugin alone calls.
        let isExact = !words.contains("COMMAND") && !words.contains("--companion")
        return isCommand && isExact ? Array(words.dropFirst()) : nil
      }
    }
  }
}
