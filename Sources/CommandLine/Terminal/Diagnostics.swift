import Glibc

/// What the user is told on stderr, besides the results on stdout: one line a message.
///
/// Everything is escaped here (see ``Printable``), so that no message can drive the terminal or fake a second line.
public struct Diagnostics: Sendable {
  private let output: Output
  private let style: Style
  private let role: String
  /// Whether debug lines are shown.
  public let showsDebug: Bool
  /// Whether anything but errors is left out; it outranks `showsDebug`.
  public let isQuiet: Bool

  /// - Parameter role: which part this process plays, as debug lines name it: `worker gw0`.
  public init(
    output: Output = .error, style: Style, debug: Bool, quiet: Bool, role: String = CommandTable.program
  ) {
    self.output = output
    self.style = style
    self.role = role
    showsDebug = debug && !quiet
    isQuiet = quiet
  }

  /// `testmon-xdist: error: MESSAGE`, and a second line for the hint.
  public func error(_ message: String, hint: String? = nil) {
    let tail = hint.map { Printable.escape($0) + "\n" } ?? ""
    output.write("\(CommandTable.program): \(style(.error, "error:")) \(Printable.escape(message))\n\(tail)")
  }

  /// The error and its hint.
  public func error(_ usage: UsageError) { error(usage.message, hint: usage.hint) }

  /// `WARNING: MESSAGE`, in the form that people already search their logs for.
  public func warning(_ message: String) {
    if !isQuiet { output.write("\(style(.warning, "WARNING:")) \(Printable.escape(message))\n") }
  }

  /// `testmon-xdist: MESSAGE`.
  public func note(_ message: String) {
    if !isQuiet { output.write("\(CommandTable.program): \(Printable.escape(message))\n") }
  }

  /// `testmon-xdist: debug: 15:04:05.123 worker gw0[4711]: MESSAGE`, as the pytest plugin writes it, too (its module
  /// `messages`). The message isn't even made where it isn't shown.
  public func debug(_ message: @autoclosure () -> String) {
    guard showsDebug else { return }
    let source = "\(TimeOfDay.text()) \(Printable.escape(role))[\(getpid())]"
    output.write("\(CommandTable.program): \(style(.faint, "debug:")) \(source): \(Printable.escape(message()))\n")
  }
}
