/// What was typed, sorted but not yet understood: the low-level half of the parser's result.
public struct Invocation: Equatable, Sendable {
  /// An option's value, and the name by which it was given (`-t`, `--timeout`), for messages.
  public struct Value: Equatable, Sendable {
    /// The value; nil where an optional one was left out.
    public let text: String?
    public let spelling: String
  }

  /// nil: options only, or nothing.
  public var command: CommandName?
  /// The switches that were given, with the name by which each was.
  public var switches: [OptionName: String] = [:]
  /// The last value of each option that takes one.
  public var values: [OptionName: Value] = [:]
  /// The words that are neither options nor the command.
  public var operands: [String] = []
  /// COMMAND and its arguments, as they stand after `--`: the last of the arguments.
  public var words: [String]?
}
