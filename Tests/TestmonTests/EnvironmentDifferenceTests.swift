import Testing

@testable import Testmon

@Suite struct EnvironmentDifferenceTests {
  private func text(_ old: String, _ new: String, python: String = "3.11.7", most: Int = 3) -> String {
    EnvironmentDifference(
      from: EnvironmentKey(name: "default", packages: old, python: "3.11.7"),
      to: EnvironmentKey(name: "default", packages: new, python: python)
    ).text(most: most)
  }

  @Test func whatIsTold() {
    #expect(text("attrs 23.1, requests 2.31", "attrs 23.1, requests 2.32") == "requests 2.31 → 2.32")
    #expect(
      text("attrs 23.1", "pluggy 1.5", python: "3.12.1")
        == "Python 3.11.7 → 3.12.1, attrs 23.1 removed, pluggy 1.5 added")
    #expect(text("a 1, b 1, c 1, d 1", "a 2, b 2, c 2, d 2") == "a 1 → 2, b 1 → 2, c 1 → 2 and 1 more")
    #expect(text("a 1, a 2", "a 2") == "a 1+2 → 2")
    #expect(text("", "") == "")
  }

  @Test(arguments: [",", ", ", " ", "a", "a  1", ", ,", "\u{301} 1, \u{301}"])
  func anyTextWillDo(list: String) {
    #expect(text(list, list) == "")
    _ = text(list, "b 1")
  }

  @Test func whatAPreparationReplaces() throws {
    let folder = try TemporaryFolder()
    #expect(try prepare(folder("a")).replaced == nil)
    try record(["t1", "t2"], for: 1, in: folder("a"))
    let changed = try prepare(folder("a"), key(packagesB), keep: 1, at: noon)
    #expect(changed.replaced == Preparation.Replaced(environment: key(packagesA), tests: 2))
    #expect(try prepare(folder("a"), key(packagesB), at: noon).replaced == nil)
  }

  @Test func whoMakesEachVersion() {
    #expect(DataVersion.known.allSatisfy { DataVersion.releases(of: Int64($0.number)) != nil })
    #expect(DataVersion.releases(of: 99) == nil)
  }
}
