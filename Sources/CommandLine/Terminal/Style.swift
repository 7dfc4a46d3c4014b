/// Whether and how text is coloured. Decides nothing else and prints nothing.
public struct Style: Equatable, Sendable {
  /// The colours in use: what each is for, not what it looks like.
  public enum Role: String, Sendable {
    case heading = "1"
    case error = "1;31"
    case warning = "1;33"
    case good = "32"
    case faint = "2"
  }

  public let isColored: Bool
  public let marks: Marks

  public init(isColored: Bool, marks: Marks) {
    self.isColored = isColored
    self.marks = marks
  }

  /// Colour on a terminal, unless NO_COLOR is set and not empty or TERM is dumb; `always` and `never` overrule all that.
  public init(_ choice: ColorChoice, isTerminal: Bool, environment: [String: String]) {
    marks = Marks(environment: environment)
    switch choice {
    case .always: isColored = true
    case .never: isColored = false
    case .auto:
      let refused = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
      isColored = isTerminal && !refused
    }
  }

  /// The text in the role's colour, if colour is on. Escape strings from outside first.
  public func callAsFunction(_ role: Role, _ text: String) -> String {
    isColored ? "\u{1B}[\(role.rawValue)m\(text)\u{1B}[0m" : text
  }
}
