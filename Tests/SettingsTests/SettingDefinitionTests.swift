import Testing

@testable import Settings

/// A setting whose values are words is an enumeration and a definition like any other.
@Suite struct SettingDefinitionTests {
  private enum Pace: String, CaseIterable { case slow, steady, fast }

  private static let pace = SettingDefinition<Pace>("pace", .choice, default: .steady, "How fast.")

  /// Reads it from a variable, and from a file.
  private func read(variable: String? = nil, file: String? = nil) -> (Setting<Pace>, [String]) {
    let sandbox = Sandbox()
    if let file { sandbox.write("settings.toml", file) }
    let layers: [(any Layer)?] = [
      FileLayer(SettingsFile(path: "\(sandbox.root)/settings.toml", name: "settings.toml"), .optional),
      EnvironmentLayer(variable.map { ["TESTMON_XDIST_PACE": $0] } ?? [:]),
    ]
    var reader = SettingsReader(layers.compactMap { $0 })
    // The type is the definition's: no other would compile.
    let setting: Setting<Pace> = reader.read(Self.pace)
    return (setting, reader.problems().map(\.description))
  }

  @Test func itsValueIsOneOfTheCases() {
    #expect(read().0 == Setting(value: .steady, origin: .builtIn))
    #expect(read(variable: "fast").0 == Setting(value: .fast, origin: .variable("TESTMON_XDIST_PACE")))
    let (setting, problems) = read(file: "pace = 'slow'")
    #expect(setting.value == .slow && setting.origin.description == "settings.toml:1:1" && problems == [])
    #expect(read(variable: "fast", file: "pace = 'slow'").0.value == .fast)
    #expect(read(variable: "", file: "pace = 'slow'").0.value == .slow)
  }

  @Test func whatIsNoneOfThemIsRefused() {
    #expect(
      read(variable: "quick").1 == [
        "TESTMON_XDIST_PACE: 'quick' is not one of slow, steady, fast; write for example steady"
      ])
    #expect(
      read(file: "pace = 'quick'").1 == ["settings.toml:1:8: 'pace' must be one of slow, steady, fast, not 'quick'"])
    #expect(
      read(file: "pace = 3").1 == [
        "settings.toml:1:8: 'pace' must be one of slow, steady, fast, not the integer 3; "
          + "write for example pace = \"steady\""
      ])
    #expect(read(file: "pase = 'slow'").1 == ["settings.toml:1:1: unknown key 'pase'; did you mean 'pace'?"])
  }

  @Test func itsWordsAreInTheDocuments() {
    #expect(Self.pace.variable == "TESTMON_XDIST_PACE")
    #expect(Self.pace.values == "slow, steady, fast" && Self.pace.defaultText == "steady")
  }
}
