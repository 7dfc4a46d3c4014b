import CommandLine
import Glibc
import Platform

/// A COMMAND that runs below us: signals are passed on to it, and its end is ours.
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

  /// Starts the command and waits for its end.
  /// - Parameter preparing: adds what else is to be watched meanwhile.
  func run(preparing prepare: (EventLoop) -> Void = { _ in }) throws -> ChildProcess.End {
    let child: ChildProcess
    do {
      child = try ChildProcess(.lastOfOwnArguments(command.count), environment: variables)
    } catch {
      throw Failure(
        error.code == ENOENT ? .commandNotFound : .commandNotExecutable,
        "\(command.first ?? ""): \(error.code == ENOENT ? "command not found" : error.reason)")
    }
    let loop = EventLoop()
    loop.watch(child.handle.descriptor) { loop.stop() }
    loop.watch(signals.descriptor) {
      // What the terminal sent, it sent to the command too.
      while let signal = signals.next() {
        if signal.fromProcess { child.handle.send(signal.number) }
      }
    }
    prepare(loop)
    try loop.run()
    return child.wait()
  }
}
