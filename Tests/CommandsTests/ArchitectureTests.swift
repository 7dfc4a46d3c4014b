import FoundationEssentials
import Testing

/// docs/architecture.md speaks of types and functions that there are.
@Suite struct ArchitectureTests {
  @Test func whatThePageNamesIsThere() throws {
    let page = try Repository.text("docs/architecture.md")
    let sources = try Repository.sources(ending: ".swift").values.joined(separator: "\n")
    let names = Set(page.split { !$0.isLetter && !$0.isNumber && $0 != "." }.map(String.init).filter(isSwift))
    #expect(names.count > 20, "\(names)")
    for name in names {
      let parts = name.split(separator: ".")
      let isType = ["struct", "class", "enum", "protocol"].contains { sources.contains("\($0) \(parts[0])") }
      #expect(isType, "no type \(parts[0])")
      if parts.count == 2 {
        let isMember = ["func", "var", "let"].contains { sources.contains("\($0) \(parts[1])") }
        #expect(isMember, "no \(name)")
      }
    }
  }

  @Test func everyModuleOfThePluginIsInThePage() throws {
    let page = try Repository.text("docs/architecture.md")
    let package = "PytestPlugin/testmon_xdist/"
    let modules = try Repository.sources(ending: ".py").keys.filter { $0.hasPrefix(package) }
      .map { String($0.dropFirst(package.count).dropLast(3)) }.filter { $0 != "__init__" }
    #expect(modules.count > 10)
    for module in modules { #expect(page.contains("`\(module)`"), "no \(module)") }
  }

  /// `DataFile`, `DataFile.prepare`: at least two capitals, the first letter among them, and small letters.
  private func isSwift(_ word: String) -> Bool {
    let parts = word.split(separator: ".", omittingEmptySubsequences: false)
    guard let type = parts.first, type.first?.isUppercase == true, (1...2).contains(parts.count) else { return false }
    let isCompound = type.filter(\.isUppercase).count >= 2 && type.contains(where: \.isLowercase)
    let isMember = parts.count == 2 && parts[1].first?.isLowercase == true && !["swift", "py", "md"].contains(parts[1])
    return parts.count == 1 ? isCompound && !Self.others.contains(String(type)) : isMember
  }

  /// Names of others, and words, in this form.
  private static let others: Set = ["SQLite", "TOMLKit", "PytestPlugin", "CommandLine"]
}
