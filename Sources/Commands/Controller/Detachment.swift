import CommandLine
import Glibc
import Platform

/// `controller --detach`: holds the run in a background process, with a session (setsid) of its own.
enum Detachment {
  /// Starts the background half, and returns when its data is ready, or with the status that it failed with.
  static func start(_ arguments: [String]) throws -> Int32 {
    let (ready, readyEnd) = try FileDescriptor.pipe()
    let nothing = FileDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC))
    let child = try ChildProcess(
      .arguments([CurrentProcess.executable] + arguments.filter { $0 != "--detach" } + ["--detached"]),
      descriptors: [0: nothing, 1: readyEnd], newSession: true)
    readyEnd.close()
    let isReady = try ready.read()?.isEmpty == false
    return isReady ? ExitStatus.done.rawValue : child.wait().shellStatus
  }

  /// In the background half, first of all. Until the data is ready it ends with the half that waits for it. It closes all
  /// descriptors that it inherited, but for the standard ones: else a test runner may wait for the end of a pipe.
  static func begin() {
    Signals.whenParentEnds(send: SIGTERM)
    FileDescriptor.closeInherited()
  }

  /// In the background half: tells the other half that the data is ready, and detaches from the terminal.
  static func tellReady() throws {
    Signals.whenParentEnds(send: 0)
    guard Output.standard.write("ready\n") == .written else {
      throw CommandFailure(
        .bug, "whoever started this run in the background is gone; start it again: testmon-xdist controller --detach")
    }
    let nothing = open("/dev/null", O_RDWR)
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where nothing >= 0 { dup2(nothing, descriptor) }
    if nothing > STDERR_FILENO { close(nothing) }
  }
}
