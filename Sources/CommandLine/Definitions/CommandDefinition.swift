/// An example: a line that works when typed, and what it is good for.
public struct Example: Sendable {
  public let line: String
  public let meaning: String

  init(_ line: String, _ meaning: String) {
    self.line = line
    self.meaning = meaning
  }
}

/// One command: its operands, options and documentation.
public struct CommandDefinition: Sendable {
  public let name: CommandName
  /// One line, without a full stop.
  public let brief: String
  /// What follows the command's name in its usage line.
  public let usage: String
  /// Paragraphs for `--help` and the manual page; backticks as in ``OptionDefinition/long``.
  public let description: [String]
  /// How many words it takes that are not options.
  public let maximumOperands: Int
  /// Whether `--` introduces a COMMAND to run; elsewhere it only ends the options.
  public let takesCommand: Bool
  /// Its own options; ``CommandTable/common`` come on top.
  public let options: [OptionDefinition]
  public let exitStatuses: [ExitStatus]
  public let examples: [Example]

  init(
    _ name: CommandName, brief: String, usage: String, description: [String], maximumOperands: Int = 0,
    takesCommand: Bool = false, options: [OptionDefinition], exitStatuses: [ExitStatus], examples: [Example]
  ) {
    self.name = name
    self.brief = brief
    self.usage = usage
    self.description = description
    self.maximumOperands = maximumOperands
    self.takesCommand = takesCommand
    self.options = options
    self.exitStatuses = exitStatuses
    self.examples = examples
  }
}
