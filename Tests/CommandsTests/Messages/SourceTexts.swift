/// The texts of a Swift source: its string literals, taken apart where a value is put in.
struct SourceTexts {
  struct Text: Hashable {
    let words: String
    /// The calls that it is in an argument of, the outermost first.
    let calls: [String]
  }

  static func of(_ source: String) -> [Text] {
    var scanner = SourceTexts(rest: Array(source.unicodeScalars)[...])
    scanner.scanCode()
    return scanner.texts
  }

  private var rest: ArraySlice<Unicode.Scalar>
  private var calls: [String] = []
  private var texts: [Text] = []

  private init(rest: ArraySlice<Unicode.Scalar>) { self.rest = rest }

  /// To the end, or past the parenthesis that closes what is put into a literal.
  private mutating func scanCode() {
    let depth = calls.count
    var word = ""
    while let scalar = rest.popFirst() {
      switch scalar {
      case "/" where rest.first == "/": rest = rest.drop { $0 != "\n" }
      case "\"": scanLiteral()
      case "(":
        calls.append(word)
        word = ""
      case ")":
        if calls.count == depth { return }
        calls.removeLast()
      case _ where scalar.properties.isAlphabetic || scalar == ".": word.unicodeScalars.append(scalar)
      default: word = ""
      }
    }
  }

  private mutating func scanLiteral() {
    let isLong = rest.starts(with: ["\"", "\""])
    if isLong { rest = rest.dropFirst(2).drop { $0 != "\n" } }
    var words = ""
    while let scalar = rest.popFirst() {
      if scalar == "\"", !isLong || rest.starts(with: ["\"", "\""]) {
        if isLong { rest = rest.dropFirst(2) }
        break
      }
      switch (scalar, rest.first) {
      case ("\\", "("):
        rest.removeFirst()
        note(words)
        words = ""
        scanCode()
      case ("\\", "\n"): rest = rest.dropFirst().drop { $0 == " " }
      case ("\\", let next?):
        rest.removeFirst()
        words.unicodeScalars.append(next)
      case ("\n", _):
        note(words)
        words = ""
        rest = rest.drop { $0 == " " }
      default: words.unicodeScalars.append(scalar)
      }
    }
    note(words)
  }

  private mutating func note(_ words: String) { texts.append(Text(words: words, calls: calls)) }
}
