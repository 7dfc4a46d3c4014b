import Settings

extension OptionDefinition {
  /// `-t, --timeout SECONDS`, as help and the manual page show it.
  var signature: String {
    let names = [short.map { "-\($0)" }, flag].compactMap { $0 }.joined(separator: ", ")
    return switch argument {
    case .none: names
    case .required(let metavar): "\(names) \(metavar)"
    case .optionalNumber(let metavar), .optionalText(let metavar): "\(names) [\(metavar)]"
    }
  }

  /// The long documentation, allowed values and default.
  var paragraph: String {
    let values = choices.isEmpty ? "" : " [values: \(choices.joined(separator: ", "))]"
    let fallback = defaultText.map { " [default: \($0)]" } ?? ""
    return long + values + fallback
  }
}

extension [OptionDefinition] {
  var visible: [OptionDefinition] { filter { !$0.hidden } }
}

extension CommandDefinition {
  /// What this command's exit statuses mean, its COMMAND's own among them.
  var exitStatusRows: [(status: String, meaning: String)] {
    let rows = exitStatuses.map { (String($0.rawValue), $0.meaning) }
    return takesCommand ? rows + ExitStatus.ofCommand : rows
  }
}

extension ExitStatus {
  /// The row for COMMAND's own status.
  static let ofCommand = [("other", "with COMMAND: COMMAND's own status, 128 + N when signal N killed it")]

  /// All of them, as the program's help and the manual page show them.
  static let allRows: [(status: String, meaning: String)] =
    allCases.map { (String($0.rawValue), $0.meaning) } + ofCommand
}

extension SettingDocumentation {
  /// What it is for, allowed values and default, as those of an option.
  var paragraph: String { "\(summary) [values: \(values)] [default: \(defaultText)]" }
}
