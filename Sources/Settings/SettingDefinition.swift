import Text

/// The settings; the raw value is the key in a file.
public enum SettingKey: String, CaseIterable, Sendable {
  case enabled, debug
  case workerTimeout = "worker_timeout"
  case checkInterval = "check_interval"
  case backoffFactor = "backoff_factor"
  case maxInterval = "max_interval"
  case lockTimeout = "lock_timeout"
  case keepEnvironments = "keep_environments"
  case stopOnNewer = "stop_on_newer"
  case history
}

/// The type of a setting and the values that it may have.
enum SettingKind: Sendable {
  case boolean
  /// In seconds. `isOpen`: the lower bound itself is not allowed.
  case seconds(ClosedRange<Double>, isOpen: Bool = false)
  case factor(ClosedRange<Double>)
  case count(ClosedRange<Int>)
}

/// A value of any setting.
public enum SettingValue: Equatable, Sendable, CustomStringConvertible {
  case boolean(Bool)
  /// Seconds, or a factor.
  case number(Double)
  case count(Int)

  /// As it is written in a file.
  public var description: String {
    switch self {
    case .boolean(let value): String(value)
    case .number(let value): numberText(value)
    case .count(let value): String(value)
    }
  }
}

/// One setting: its key, variable, type, range, default and documentation.
public struct SettingDefinition: Sendable {
  public let key: SettingKey
  /// The environment variable that sets it.
  public let variable: String
  public let defaultValue: SettingValue
  /// What it is for, in one sentence; backticks mark what users type.
  public let summary: String
  let kind: SettingKind
  /// What the number counts, with a space before it.
  let unit: String

  /// The default with its unit, as in `30 s`.
  public var defaultText: String { "\(defaultValue)\(unit)" }

  /// All settings, in the order in which people are shown them.
  public static let all: [SettingDefinition] = SettingKey.allCases.map(definition)

  static func definition(of key: SettingKey) -> SettingDefinition {
    switch key {
    case .enabled:
      SettingDefinition(
        key: key, variable: "TESTMON_XDIST_CONTROLLER_PRECREATION", defaultValue: .boolean(false),
        summary: "Coordinate every pytest that runs with testmon.", kind: .boolean, unit: "")
    case .debug:
      SettingDefinition(
        key: key, variable: "TESTMON_XDIST_DEBUG", defaultValue: .boolean(false),
        summary: "Say on stderr what happens, when and why.", kind: .boolean, unit: "")
    case .workerTimeout:
      SettingDefinition(
        key: key, variable: "TESTMON_XDIST_WORKER_TIMEOUT", defaultValue: .number(30),
        summary: "How long workers may take to be ready, and a worker waits for the controller; up to 86400.",
        kind: .seconds(0...86400, isOpen: true), unit: " s")
    case .checkInterval:
      SettingDefinition(
        key: key, variable: "TESTMON_XDIST_CHECK_INTERVAL", defaultValue: .number(0.1),
        summary: "Where events don't arrive (network file systems), look after this long; 0.001 to 60.",
        kind: .seconds(0.001...60), unit: " s")
    case .backoffFactor:
      SettingDefinition(
        key: key, variable: "TESTMON_XDIST_BACKOFF_FACTOR", defaultValue: .number(1.5),
        summary: "Look this many times later each time; 1 to 10.", kind: .factor(1...10), unit: "")
    case .maxInterval:
      SettingDefinition(
        key: key, variable: "TESTMON_XDIST_MAX_INTERVAL", defaultValue: .number(2),
        summary: "But never look later than after this long; `check_interval` to 600.",
        kind: .seconds(0.001...600), unit: " s")
    case .lockTimeout:
      SettingDefinition(
        key: key, variable: "TESTMON_XDIST_LOCK_TIMEOUT", defaultValue: .number(60),
        summary: "How long to wait for another run on the same project to end; 0 doesn't wait, up to 86400.",
        kind: .seconds(0...86400), unit: " s")
    case .keepEnvironments:
      SettingDefinition(
        key: key, variable: "TESTMON_XDIST_KEEP_ENVIRONMENTS", defaultValue: .count(4),
        summary: "How many environments of one name to keep in the data file, the one in use included; 1 to 1000.",
        kind: .count(1...1000), unit: " environments")
    case .stopOnNewer:
      SettingDefinition(
        key: key, variable: "TESTMON_XDIST_STOP_ON_NEWER", defaultValue: .boolean(false),
        summary: "Stop where testmon or the data file is newer than what is known, not go on without coordination.",
        kind: .boolean, unit: "")
    case .history:
      SettingDefinition(
        key: key, variable: "TESTMON_XDIST_HISTORY", defaultValue: .count(200),
        summary: "How many past runs to remember; 0 is off, up to 1000000.",
        kind: .count(0...1_000_000), unit: " runs")
    }
  }

  /// Whether the value is one that the setting may have.
  func allows(_ value: SettingValue) -> Bool {
    switch (kind, value) {
    case (.boolean, .boolean): true
    case (.seconds(let range, let isOpen), .number(let number)):
      range.contains(number) && !(isOpen && number == range.lowerBound)
    case (.factor(let range), .number(let number)): range.contains(number)
    case (.count(let range), .count(let count)): range.contains(count)
    default: false
    }
  }

  /// What the setting takes, for messages: `a number of seconds above 0 and up to 86400`.
  var expectation: String {
    switch kind {
    case .boolean: "true or false"
    case .seconds(let range, let isOpen):
      isOpen
        ? "a number of seconds above \(numberText(range.lowerBound)) and up to \(numberText(range.upperBound))"
        : "a number of seconds from \(numberText(range.lowerBound)) to \(numberText(range.upperBound))"
    case .factor(let range): "a number from \(numberText(range.lowerBound)) to \(numberText(range.upperBound))"
    case .count(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    }
  }

  /// A value that would be right, for messages.
  var example: String { kind.isBoolean ? "true" : defaultValue.description }
}

extension SettingKind {
  var isBoolean: Bool { if case .boolean = self { true } else { false } }
}

/// The number as a setting may be written.
func numberText(_ number: Double) -> String {
  number.isFinite && number >= 0 ? DecimalText.text(number) : String(number)
}
