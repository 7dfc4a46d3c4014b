import Variables

/// What help, the manual page and docs/settings.md tell of a setting, whatever its type.
public protocol SettingDocumentation: Sendable {
  /// Its name in a settings file.
  var key: String { get }
  /// The environment variable that sets it.
  var variable: String { get }
  /// The option that sets it, as in `--debug`; nil where none does.
  var option: String? { get }
  /// What it is for, in a sentence or two; backticks mark what users type.
  var summary: String { get }
  /// The allowed values: `0.001 to 60`.
  var values: String { get }
  /// The default with its unit: `30 s`.
  var defaultText: String { get }
}

/// One setting, and all that is said of it anywhere.
public struct SettingDefinition<Value: Equatable & Sendable>: SettingDocumentation {
  public let key: String
  public let variable: String
  public let option: String?
  public let summary: String
  let type: SettingType<Value>
  let defaultValue: Value

  /// - Parameter variable: nil: the key in capitals, after `TESTMON_XDIST_`.
  init(
    _ key: String, variable: String? = nil, option: String? = nil, _ type: SettingType<Value>, default: Value,
    _ summary: String
  ) {
    self.key = key
    self.variable = variable ?? EnvironmentVariable.prefix + key.uppercased()
    self.option = option
    self.type = type
    self.defaultValue = `default`
    self.summary = summary
  }

  public var values: String { type.values }

  public var defaultText: String {
    let text = type.text(defaultValue)
    return type.unit.isEmpty ? text : "\(text) \(type.unit)"
  }

  /// What it takes, for messages: `a number of seconds above 0 and up to 86400`.
  public var expectation: String { type.expectation }

  /// The value that a text stands for; nil where it is none that this setting may have.
  public func value(of text: String) -> Value? { try? read(.text(text)) }

  /// Why a value is refused.
  struct Refusal: Error { let message: String }

  func read(_ raw: RawValue) throws(Refusal) -> Value {
    switch type.read(raw) {
    case .value(let value): return value
    case .wrongType: throw Refusal(message: wrongType(raw))
    case .notAllowed: throw Refusal(message: notAllowed(raw))
    }
  }

  private func wrongType(_ raw: RawValue) -> String {
    let example = type.text(type.example ?? defaultValue)
    if case .text(let text) = raw {
      if let inner = Self.unwrapped(text), case .value = type.read(.text(inner)) {
        return "\(raw) has blanks or quotation marks around it; write \(inner)"
      }
      return "\(raw) is not \(type.noun); write for example \(example)"
    }
    return "'\(key)' must be \(expectation), not \(raw.noun); write for example \(key) = "
      + (type.isQuoted ? "\"\(example)\"" : example)
  }

  /// The text without blanks and quotation marks around it, as files of variables may leave them; nil if it has none.
  private static func unwrapped(_ text: String) -> String? {
    let isAround = { (scalar: Unicode.Scalar) in " \t\r\n\"'".unicodeScalars.contains(scalar) }
    let start = text.unicodeScalars.drop(while: isAround)
    let inner = String(String.UnicodeScalarView(start.reversed().drop(while: isAround).reversed()))
    return inner == text ? nil : inner
  }

  private func notAllowed(_ raw: RawValue) -> String {
    if case .text = raw { return "\(raw) is out of range; it must be \(expectation)" }
    return "'\(key)' must be \(expectation), not \(raw)"
  }
}
