import Glibc

/// A program on a terminal of its own.
extension Project {
  /// Starts it; what it writes to its terminal is the process's output. SIGINT is Ctrl-C there, SIGUSR1 makes the terminal
  /// 200 columns wide and 50 rows high.
  func startOnTerminal(_ words: [String], rows: Int, columns: Int, _ more: [String: String] = [:]) throws -> Process {
    let relay = [try Surroundings.python, "-c", Self.relay, "\(rows)", "\(columns)"]
    return try start(relay + words, ["TERM": "xterm"].merging(more) { $1 })
  }

  private static let relay = #"""
    import fcntl, os, pty, signal, struct, sys, termios

    def resize(descriptor, rows, columns):
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    child, terminal = pty.fork()
    if child == 0:
        resize(0, int(sys.argv[1]), int(sys.argv[2]))
        os.execvp(sys.argv[3], sys.argv[3:])
    signal.signal(signal.SIGINT, lambda *_: os.write(terminal, b"\x03"))
    signal.signal(signal.SIGUSR1, lambda *_: resize(terminal, 50, 200))
    while True:
        try:
            output = os.read(terminal, 65536)
        except OSError:  # EIO: nobody has it open any more
            break
        os.write(1, output)
    _, status = os.waitpid(child, 0)
    sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
    """#
}
