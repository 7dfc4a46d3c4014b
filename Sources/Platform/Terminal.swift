import CLinux
import Glibc

/// What the kernel tells of a terminal.
public enum Terminal {
  /// How many characters it shows.
  public struct Size: Equatable, Sendable {
    public let rows: Int
    public let columns: Int

    public init(rows: Int, columns: Int) {
      self.rows = rows
      self.columns = columns
    }

    /// What a terminal has that doesn't tell, as over a serial line.
    public static let usual = Size(rows: 24, columns: 80)
  }

  /// The size now: it may be another one after SIGWINCH.
  public static func size(_ descriptor: Int32) -> Size {
    var (rows, columns): (UInt16, UInt16) = (0, 0)
    guard clinux_terminal_size(descriptor, &rows, &columns) == 0, rows > 0, columns > 0 else { return .usual }
    return Size(rows: Int(rows), columns: Int(columns))
  }

  /// Whether this process may have the terminal for itself: not in the background of a shell.
  public static func isForeground(_ descriptor: Int32) -> Bool {
    let group = tcgetpgrp(descriptor)
    return group == -1 || group == getpgrp()
  }

  /// Stops this process, as Ctrl-Z does; returns when it goes on.
  public static func suspend() { kill(getpid(), SIGSTOP) }
}
