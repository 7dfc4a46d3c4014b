import Text
import Variables

/// Settings from environment variables.
struct EnvironmentLayer: Layer {
  let problem: SettingsError.Problem? = nil
  let entries: [LayerEntry]

  init(_ environment: [String: String]) {
    let names = environment.keys.filter { name in
      name.utf8.starts(with: EnvironmentVariable.prefix.utf8) && !Settings.reservedVariables.contains(name)
    }
    entries = names.sorted().map { name in
      LayerEntry(
        name: name, value: .text(environment[name] ?? ""), origin: .variable(name), namePlace: name, valuePlace: name)
    }
  }

  func name(of setting: any SettingDocumentation) -> String? { setting.variable }

  func refusal(of name: String, known: [String]) -> String {
    // The prefix, which all names share, would make any two of them look close.
    let rests = known.map { String($0.dropFirst(EnvironmentVariable.prefix.count)) }
    let rest = String(name.dropFirst(EnvironmentVariable.prefix.count))
    // The one setting whose variable isn't called after its key.
    let isEnabled = rest == Settings.enabled.key.uppercased()
    let suggestion = Spelling.closest(to: rest, among: rests).map { EnvironmentVariable.prefix + $0 }
    return (isEnabled ? Settings.enabled.variable : suggestion).map { "unknown variable; did you mean \($0)?" }
      ?? "unknown variable; unset it: unset \(name)"
  }
}
