import Text

/// Settings from environment variables.
struct EnvironmentLayer: Layer {
  static let prefix = "TESTMON_XDIST_"

  let problem: SettingsError.Problem? = nil
  let entries: [LayerEntry]

  init(_ environment: [String: String]) {
    let names = environment.keys.filter { name in
      name.utf8.starts(with: Self.prefix.utf8) && !Settings.reservedVariables.contains(name)
    }
    entries = names.sorted().map { name in
      LayerEntry(
        name: name, value: .text(environment[name] ?? ""), origin: .variable(name), namePlace: name, valuePlace: name)
    }
  }

  func name(of setting: any SettingDocumentation) -> String? { setting.variable }

  func refusal(of name: String, known: [String]) -> String {
    // The prefix, which all names share, would make any two of them look close.
    let rests = known.map { String($0.dropFirst(Self.prefix.count)) }
    let suggestion = Spelling.closest(to: String(name.dropFirst(Self.prefix.count)), among: rests)
    return "unknown variable\(suggestion.map { "; did you mean \(Self.prefix)\($0)?" } ?? "")"
  }
}
