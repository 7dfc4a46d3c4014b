import CommandLine
import Glibc
import Platform
import Text

/// A COMMAND that runs below us. Signals are passed on to it.
struct CommandProcess {
  private let command: [String]
  private let signals: Signals
  private let variables: [String: String?]

  /// Catches signals from now on; the command isn't started yet.
  init(_ command: [String], environment variables: [String: String?]) throws {
    self.command = command
    self.variables = variables
    signals = try Signals([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH])
  }

  struct Result {
    let end: ChildProcess.End
    /// Whether somebody wanted it to end.
    let wasInterrupted: Bool
  }

  /// The first signal that has arrived so far and asks to end; nil where none has. The others are dropped.
  func interruption() -> Int32? {
    var first: Int32?
    while let signal = signals.next() {
      if first == nil && Self.ending.contains(signal.number) { first = signal.number }
    }
    return first
  }

  private static let ending = [SIGHUP, SIGINT, SIGQUIT, SIGTERM]

  /// Starts the command and waits for its end. If a signal came before it could start, it counts as killed by that signal.
  /// - Parameter preparing: adds to the loop what else is to be watched meanwhile.
  /// - Throws: `commandNotFound` or `commandNotExecutable`.
  func run(preparing prepare: (EventLoop) -> Void = { _ in }) throws -> Result {
    if let signal = interruption() { return Result(end: .signaled(signal), wasInterrupted: true) }
    let child: ChildProcess
    do {
      child = try ChildProcess(.lastOfOwnArguments(command.count), environment: variables)
    } catch {
      throw CommandFailure(
        error.code == ENOENT ? .commandNotFound : .commandNotExecutable,
        error.code == ENOENT
          ? "\(command.first ?? ""): command not found; it must be in PATH, or be given with its folder"
          : "\(command.first ?? ""): \(error.reason); it must be a program that you may run: ls -l \(ShellWord.quote(command.first ?? ""))"
      )
    }
    let loop = EventLoop()
    var wasInterrupted = false
    loop.watch(child.handle.descriptor) { loop.stop() }
    loop.watch(signals.descriptor) {
      // What the terminal sent, it sent to the command too.
      while let signal = signals.next() {
        if Self.ending.contains(signal.number) { wasInterrupted = true }
        if signal.fromProcess { child.handle.send(signal.number) }
      }
    }
    prepare(loop)
    try loop.run()
    let end = child.wait()
    if case .signaled = end { wasInterrupted = true }
    return Result(end: end, wasInterrupted: wasInterrupted)
  }
}
