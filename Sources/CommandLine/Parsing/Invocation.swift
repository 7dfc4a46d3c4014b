/// What was typed, sorted but not yet understood: the low-level half of the parser's result.
public struct Invocation: Equatable, Sendable {
  /// An option as it was given.
  public struct Given: Equatable, Sendable {
    public let name: OptionName
    /// The name by which it was given (`-t`, `--timeout`), for messages.
    public let spelling: String
    /// The value; nil for a switch, and where an optional one was left out.
    public let text: String?
  }

  /// nil: options only, or nothing.
  public var command: CommandName?
  /// In the order of the arguments. Not a dictionary: to make one's metadata takes longer than to start this program.
  public var options: [Given] = []
  /// The words that are neither options nor the command.
  public var operands: [String] = []
  /// COMMAND and its arguments, as they stand after `--`: the last of the arguments.
  public var words: [String]?

  func has(_ name: OptionName) -> Bool { options.contains { $0.name == name } }

  /// An option as it was given last, which is what counts.
  func option(_ name: OptionName) -> Given? { options.last { $0.name == name } }
}
