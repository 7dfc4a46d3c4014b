/// What is wrong with the arguments; it ends the program before anything is done.
public struct UsageError: Error, Equatable, Sendable {
  /// Names the argument and what would be right. May hold characters of the arguments: ``Diagnostics`` escapes them.
  public let message: String
  /// The line that follows the message, such as `Try 'testmon-xdist controller --help'.`
  public let hint: String
  /// Whether the arguments hold a `--` followed by a COMMAND.
  public let hasCommand: Bool

  /// 2, or 125 where a COMMAND was to run, as in env(1): the caller must not take 2 for COMMAND's own status.
  public var exitStatus: ExitStatus { hasCommand ? .commandFailed : .usage }
}
