import Settings
import Testing
import Variables

/// The names of our environment variables stand in one place each.
@Suite struct VariableTests {
  private static func names(in text: String) -> Set<String> {
    let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }.map(String.init)
    return Set(words.filter { $0.hasPrefix("TESTMON_") && !$0.hasSuffix("_") })
  }

  @Test func noOtherSwiftFileSpellsOne() throws {
    let texts = try Repository.sources(ending: ".swift")
    let own = Set(EnvironmentVariable.allCases.map(\.rawValue))
    #expect(texts.count > 100)
    #expect(Self.names(in: try #require(texts["Variables/EnvironmentVariable.swift"])).isSuperset(of: own))
    for (path, text) in texts where !path.hasPrefix("Variables/") {
      #expect(Self.names(in: text).isDisjoint(with: own), "in \(path)")
    }
  }

  /// What the plugin reads, the executable knows: any other variable of ours is an error in every command.
  @Test func thePluginReadsNoOther() throws {
    let known = Set(EnvironmentVariable.allCases.map(\.rawValue) + Settings.documentation.map(\.variable))
    let texts = try Repository.sources(ending: ".py")
    #expect(!texts.isEmpty)
    for (path, text) in texts {
      let read = Self.names(in: text).filter { $0.hasPrefix(EnvironmentVariable.prefix) }
      #expect(read.isSubset(of: known), "in \(path): \(read.subtracting(known))")
    }
  }

  /// The plugin takes every other variable of ours for a misspelt one.
  @Test func thePluginKnowsThemAll() throws {
    let texts = try Repository.sources(ending: "variables.py")
    let named = Self.names(in: texts.values.joined()).filter { $0.hasPrefix(EnvironmentVariable.prefix) }
    let ours = Set(EnvironmentVariable.allCases.map(\.rawValue) + Settings.documentation.map(\.variable))
    #expect(named == ours.filter { $0.hasPrefix(EnvironmentVariable.prefix) })
  }
}
