/// What an option takes after its name.
public enum OptionArgument: Equatable, Sendable {
  /// A switch: it takes nothing, and `--switch=value` is an error.
  case none
  /// A value, shown in help by this name.
  case required(metavar: String)
  /// A number that may be left out; the next argument belongs to it only if that starts with a digit.
  case optionalNumber(metavar: String)
  /// A text that may be left out; the next argument belongs to it unless that starts with a dash.
  case optionalText(metavar: String)

  /// The value's name in help; nil for a switch.
  public var metavar: String? {
    switch self {
    case .none: nil
    case .required(let metavar), .optionalNumber(let metavar), .optionalText(let metavar): metavar
    }
  }
}

/// What a shell offers for an option's value.
public enum Completion: Equatable, Sendable {
  case nothing, file, directory, executable
  case choices([String])
}

/// One option: parsing, `-h`, `--help`, the manual page and the completions all come from this.
///
/// In `long`, backticks mark what users type; the manual page sets it in bold, `--help` prints it as it is.
public struct OptionDefinition: Sendable {
  /// Its identity, and its long name.
  public let name: OptionName
  /// Its one-letter name, if it has one.
  public let short: Character?
  public let argument: OptionArgument
  /// What holds where the option isn't given, in words; nil where there is nothing to say.
  public var defaultText: String? { makeDefaultText() }
  /// One line, without a full stop, for `-h` and for completions.
  public let brief: String
  /// The whole story, for `--help` and the manual page.
  public var long: String { makeLong() }
  public let completion: Completion
  /// Parsed, but left out of help, the manual page and completions.
  public let hidden: Bool

  // Made when it is asked for: a command that prints no help needs none of the settings' texts to start.
  private let makeDefaultText: @Sendable () -> String?
  private let makeLong: @Sendable () -> String

  init(
    _ name: OptionName, short: Character? = nil, argument: OptionArgument = .none,
    defaultText: @autoclosure @escaping @Sendable () -> String? = nil, brief: String,
    long: @autoclosure @escaping @Sendable () -> String = "", completion: Completion = .nothing, hidden: Bool = false
  ) {
    self.name = name
    self.short = short
    self.argument = argument
    makeDefaultText = defaultText
    self.brief = brief
    makeLong = long
    self.completion = completion
    self.hidden = hidden
  }

  /// The long name with its dashes.
  public var flag: String { "--" + name.rawValue }

  /// The only values that the option takes; empty where any will do.
  public var choices: [String] {
    if case .choices(let choices) = completion { choices } else { [] }
  }
}
