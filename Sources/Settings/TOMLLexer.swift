/// Why a scan of TOML ended before the end of the text.
enum TOMLScanError: Error, Equatable {
  /// This is not TOML; says what was expected.
  case syntax(String, TextPosition)
  case tooDeep(TextPosition)
}

/// Goes through a TOML text: past blanks and comments, and from one key, string or scalar to the next.
struct TOMLLexer {
  private(set) var position = TextPosition()
  private let bytes: [UInt8]
  private var offset = 0

  /// - Parameter bytes: UTF-8.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
  }

  // MARK: Bytes

  /// The byte that is `ahead` bytes further on; nil at the end.
  func peek(_ ahead: Int = 0) -> UInt8? {
    let index = offset + ahead
    return index < bytes.count ? bytes[index] : nil
  }

  /// Goes on by one byte.
  mutating func advance() {
    guard let byte = peek() else { return }
    offset += 1
    if byte == UInt8(ascii: "\n") {
      position.line += 1
      position.column = 1
    } else if byte & 0b1100_0000 != 0b1000_0000 {
      position.column += 1
    }
  }

  mutating func skipBlanks() {
    while let byte = peek(), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { advance() }
  }

  mutating func skipBlanksAndLines() {
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): advance()
      case UInt8(ascii: "#"): skipComment()
      default: return
      }
    }
  }

  mutating func skipComment() {
    while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
  }

  /// Goes past the character, which must stand here.
  mutating func expect(_ character: Unicode.Scalar) throws(TOMLScanError) {
    guard peek() == UInt8(ascii: character) else { throw syntaxError("expected '\(character)'") }
    advance()
  }

  /// An error at this place.
  func syntaxError(_ message: String) -> TOMLScanError { .syntax(message, position) }

  // MARK: Keys and values

  /// A key, or a part of one, without quotation marks.
  mutating func scanBareKey() throws(TOMLScanError) -> String {
    let start = offset
    while let byte = peek(), isBare(byte) { advance() }
    guard offset > start else { throw syntaxError("expected a key") }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// Goes past a number, a date, a time, true or false.
  mutating func skipScalar() throws(TOMLScanError) {
    let start = offset
    let place = position
    skipScalarCharacters()
    // A space may part a date from its time.
    let next = peek(1) ?? 0
    if peek() == UInt8(ascii: " "), next >= UInt8(ascii: "0"), next <= UInt8(ascii: "9"),
      ScalarShape.isDate(bytes[start..<offset])
    {
      advance()
      skipScalarCharacters()
    }
    guard ScalarShape.isScalar(bytes[start..<offset]) else {
      throw .syntax("expected a value: a string in quotes, a number, true, false, a date", place)
    }
  }

  private mutating func skipScalarCharacters() {
    while let byte = peek(), isBare(byte) || "+.:".utf8.contains(byte) { advance() }
  }

  /// Goes past a string of one line or several; `quote` is the byte that it begins with.
  mutating func skipString(_ quote: UInt8) throws(TOMLScanError) {
    if peek(1) == quote, peek(2) == quote {
      try skipMultilineString(quote)
    } else {
      _ = try scanString(quote)
    }
  }

  private mutating func skipMultilineString(_ quote: UInt8) throws(TOMLScanError) {
    for _ in 0..<3 { advance() }
    while let byte = peek() {
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        advance()
        if peek() != nil { advance() }
      } else if byte == quote, peek(1) == quote, peek(2) == quote {
        for _ in 0..<3 { advance() }
        // One or two quotation marks may stand right before the closing three.
        for _ in 0..<2 where peek() == quote { advance() }
        return
      } else {
        advance()
      }
    }
    throw syntaxError("a string without its end")
  }

  /// The contents of a string of one line; `quote` is the byte that it begins with.
  mutating func scanString(_ quote: UInt8) throws(TOMLScanError) -> String {
    advance()
    let start = offset
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): throw syntaxError("a string without its end")
      case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""):
        advance()
        // A line break isn't taken here: the next round refuses it.
        if peek() == quote || peek() == UInt8(ascii: "\\") { advance() }
      case quote:
        let raw = String(decoding: bytes[start..<offset], as: UTF8.self)
        advance()
        return quote == UInt8(ascii: "\"") ? TOMLEscapes.decode(raw) : raw
      default: advance()
      }
    }
    throw syntaxError("a string without its end")
  }
}
