/// A terminal of which the whole is redrawn in place, by the escape sequences that all of today's terminals know
/// (<https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>).
///
/// Neither what is typed nor how is touched, so that there is little to put back.
public final class Screen {
  private let output: Output
  private var isShown = false

  public init(_ output: Output = .standard) { self.output = output }

  /// Draws the lines, the first at the top; there must be fewer of them than rows, and none may be wider.
  /// - Returns: whether anybody still sees it.
  public func draw(_ lines: [String]) -> Bool {
    let begin = isShown ? "" : Self.begin
    isShown = true
    // Cleared before it is written: behind a line that reaches to the right its last character would go, too.
    let text = lines.map { Self.clearLine + $0 }.joined(separator: "\r\n")
    return output.write(begin + Self.home + text + Self.nextLine + Self.clearRest) == .written
  }

  /// Puts the terminal back as it was.
  public func end() {
    if isShown { output.write(Self.end) }
    isShown = false
  }

  // The alternate screen, which leaves alone what was there; without the cursor, and without a wrap at the right.
  private static let begin = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l"
  private static let end = "\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"
  private static let home = "\u{1B}[H"
  private static let clearLine = "\u{1B}[K"
  private static let nextLine = "\u{1B}[B\r"
  private static let clearRest = "\u{1B}[J"
}
