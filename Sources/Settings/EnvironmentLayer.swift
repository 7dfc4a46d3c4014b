import Text

/// Settings from environment variables.
enum EnvironmentLayer {
  static let prefix = "TESTMON_XDIST_"

  static func read(_ environment: [String: String]) -> Layer {
    var layer = Layer()
    for definition in SettingDefinition.all {
      // An empty variable is how a shell or a CI service says that there is none.
      guard let text = environment[definition.variable], !text.isEmpty else { continue }
      switch parse(text, as: definition) {
      case .success(let value): layer.values[definition.key] = (value, .variable(definition.variable))
      case .failure(let refusal): layer.report(definition.variable, refusal.message)
      }
    }
    let known = SettingDefinition.all.map(\.variable)
    let own = Set(known + Settings.reservedVariables)
    for name in environment.keys.sorted() where name.utf8.starts(with: prefix.utf8) && !own.contains(name) {
      let suggestion = suggestion(for: name, among: known)
      layer.report(name, "unknown variable\(suggestion.map { "; did you mean \($0)?" } ?? "")")
    }
    return layer
  }

  private struct Refusal: Error { let message: String }

  private static func parse(_ text: String, as definition: SettingDefinition) -> Result<SettingValue, Refusal> {
    let value: SettingValue? =
      switch definition.kind {
      case .boolean: boolean(text).map(SettingValue.boolean)
      case .seconds, .factor: DecimalText.number(text).map(SettingValue.number)
      case .count: DecimalText.whole(text).map(SettingValue.count)
      }
    if let value, definition.allows(value) { return .success(value) }
    let message =
      value == nil
      ? "'\(text)' is not \(definition.noun); write for example \(definition.example)"
      : "'\(text)' is out of range; it must be \(definition.expectation)"
    return .failure(Refusal(message: message))
  }

  private static func boolean(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "1", "yes", "on": true
    case "false", "0", "no", "off": false
    default: nil
    }
  }

  /// The prefix, which all names share, would make any two of them look close.
  private static func suggestion(for name: String, among known: [String]) -> String? {
    let rests = known.map { String($0.dropFirst(prefix.count)) }
    return Spelling.closest(to: String(name.dropFirst(prefix.count)), among: rests).map { prefix + $0 }
  }
}

extension SettingDefinition {
  fileprivate var noun: String {
    switch kind {
    case .boolean: "true or false"
    case .seconds: "a number of seconds"
    case .factor: "a number"
    case .count: "a whole number"
    }
  }
}
