/// Finds where the keys of a TOML text stand, which TOMLKit doesn't tell, and how deep they lie.
///
/// It knows the shapes of TOML: keys, headers, strings, comments, scalars, arrays and inline tables. It makes no
/// values, accepts more than TOML does, and is no parser: ``SettingsTable`` compares what it finds with what TOMLKit
/// found. It runs first, and TOMLKit sees only what it accepts, because TOMLKit (toml++ 3.4) overruns the stack on a
/// key of many thousand parts, and fails an assertion, in release builds too, on `[!]` and the like.
struct KeyScanner {
  /// TOMLKit itself allows 256 nested values, and any number of parts in a key.
  static let maximumDepth = 128

  /// A line and a column, from 1; columns count Unicode scalars, as TOMLKit's do.
  struct Position: Equatable {
    var line: Int
    var column: Int
  }

  /// A place where a key of the wanted table stands, alone or as a part of a longer key or of a header.
  struct Entry: Equatable {
    let key: String
    let position: Position
    /// Where the key's own value starts; nil where the key names a table that this place only adds to.
    let value: Position?
  }

  /// Why the scan ended before the end of the text.
  enum Stop: Error, Equatable {
    /// This is not TOML; says what was expected.
    case syntax(String, Position)
    case tooDeep(Position)
  }

  /// In the order of the text.
  private(set) var entries: [Entry] = []
  /// The first place that names each table or value beside the wanted table, and that one itself.
  private(set) var siblings: [String: Position] = [:]
  private let wanted: [String]
  private let bytes: [UInt8]
  private var offset = 0
  private var position = Position(line: 1, column: 1)
  private var table: [String] = []

  /// - Parameters:
  ///   - bytes: UTF-8.
  ///   - wanted: the table whose keys are to be found; empty: the whole text. Only these are remembered: a full path
  ///     for every key would make a hostile file cost a thousand times its size.
  init(_ bytes: [UInt8], wanted: [String]) {
    self.bytes = bytes
    self.wanted = wanted
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
  }

  mutating func scan() throws(Stop) {
    while peek() != nil {
      skipBlanks()
      switch peek() {
      case nil: return
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): advance()
      case UInt8(ascii: "#"): skipComment()
      case UInt8(ascii: "["): try scanHeader()
      default:
        try scanPair(in: table, nesting: 0)
        try endLine()
      }
    }
  }

  // MARK: Lines

  private mutating func scanHeader() throws(Stop) {
    let start = position
    advance()
    let isArray = peek() == UInt8(ascii: "[")
    if isArray { advance() }
    let path = try scanKey(above: 0, nesting: 0)
    try expect("]")
    if isArray { try expect("]") }
    try endLine()
    table = path
    record(path, at: start, value: nil)
  }

  private mutating func scanPair(in table: [String], nesting: Int) throws(Stop) {
    skipBlanks()
    let key = position
    let path = table + (try scanKey(above: table.count, nesting: nesting))
    try expect("=")
    skipBlanks()
    let value = position
    // Before what lies inside the value: entries stay in the order of the text.
    record(path, at: key, value: value)
    try scanValue(in: path, nesting: nesting)
  }

  private mutating func record(_ path: [String], at position: Position, value: Position?) {
    let parent = wanted.dropLast()
    if !wanted.isEmpty, path.count >= wanted.count, path.starts(with: parent) {
      let name = path[wanted.count - 1]
      if siblings[name] == nil { siblings[name] = position }
    }
    guard path.count > wanted.count, path.starts(with: wanted) else { return }
    let isOwn = path.count == wanted.count + 1
    entries.append(Entry(key: path[wanted.count], position: position, value: isOwn ? value : nil))
  }

  private mutating func endLine() throws(Stop) {
    skipBlanks()
    switch peek() {
    case nil, UInt8(ascii: "\n"), UInt8(ascii: "\r"): return
    case UInt8(ascii: "#"): skipComment()
    default: throw syntax("unexpected text at the end of the line")
    }
  }

  // MARK: Keys

  private mutating func scanKey(above: Int, nesting: Int) throws(Stop) -> [String] {
    var parts: [String] = []
    while true {
      skipBlanks()
      guard above + parts.count + nesting < Self.maximumDepth else { throw .tooDeep(position) }
      switch peek() {
      case UInt8(ascii: "\""): parts.append(try scanString(UInt8(ascii: "\"")))
      case UInt8(ascii: "'"): parts.append(try scanString(UInt8(ascii: "'")))
      default: parts.append(try scanBareKey())
      }
      skipBlanks()
      guard peek() == UInt8(ascii: ".") else { return parts }
      advance()
    }
  }

  private mutating func scanBareKey() throws(Stop) -> String {
    let start = offset
    while let byte = peek(), isBare(byte) { advance() }
    guard offset > start else { throw syntax("expected a key") }
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

  // MARK: Values

  private mutating func scanValue(in path: [String], nesting: Int) throws(Stop) {
    guard path.count + nesting <= Self.maximumDepth else { throw .tooDeep(position) }
    switch peek() {
    case UInt8(ascii: "\""): try skipStringValue(UInt8(ascii: "\""))
    case UInt8(ascii: "'"): try skipStringValue(UInt8(ascii: "'"))
    case UInt8(ascii: "["): try scanArray(in: path, nesting: nesting + 1)
    case UInt8(ascii: "{"): try scanInlineTable(in: path, nesting: nesting + 1)
    default: try skipScalar()
    }
  }

  private mutating func scanArray(in path: [String], nesting: Int) throws(Stop) {
    advance()
    while true {
      skipBlanksAndLines()
      if peek() == UInt8(ascii: "]") { return advance() }
      try scanValue(in: path, nesting: nesting)
      skipBlanksAndLines()
      switch peek() {
      case UInt8(ascii: ","): advance()
      case UInt8(ascii: "]"): return advance()
      default: throw syntax("expected ',' or ']' in an array")
      }
    }
  }

  private mutating func scanInlineTable(in path: [String], nesting: Int) throws(Stop) {
    advance()
    skipBlanks()
    if peek() == UInt8(ascii: "}") { return advance() }
    while true {
      try scanPair(in: path, nesting: nesting)
      skipBlanks()
      switch peek() {
      case UInt8(ascii: ","): advance()
      case UInt8(ascii: "}"): return advance()
      default: throw syntax("expected ',' or '}' in an inline table")
      }
    }
  }

  /// Numbers, dates, true and false.
  private mutating func skipScalar() throws(Stop) {
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

  private mutating func skipStringValue(_ quote: UInt8) throws(Stop) {
    if peek(1) == quote, peek(2) == quote {
      try skipMultilineString(quote)
    } else {
      _ = try scanString(quote)
    }
  }

  private mutating func skipMultilineString(_ quote: UInt8) throws(Stop) {
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
    throw syntax("a string without its end")
  }

  /// The contents of a string of one line.
  private mutating func scanString(_ quote: UInt8) throws(Stop) -> String {
    advance()
    let start = offset
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): throw syntax("a string without its end")
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
    throw syntax("a string without its end")
  }

  // MARK: Bytes

  private func peek(_ ahead: Int = 0) -> UInt8? {
    let index = offset + ahead
    return index < bytes.count ? bytes[index] : nil
  }

  private mutating func advance() {
    guard let byte = peek() else { return }
    offset += 1
    if byte == UInt8(ascii: "\n") {
      position.line += 1
      position.column = 1
    } else if byte & 0b1100_0000 != 0b1000_0000 {
      position.column += 1
    }
  }

  private mutating func skipBlanks() {
    while let byte = peek(), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { advance() }
  }

  private mutating func skipBlanksAndLines() {
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): advance()
      case UInt8(ascii: "#"): skipComment()
      default: return
      }
    }
  }

  private mutating func skipComment() {
    while let byte = peek(), byte != UInt8(ascii: "\n") { advance() }
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(Stop) {
    guard peek() == UInt8(ascii: character) else { throw syntax("expected '\(character)'") }
    advance()
  }

  private func syntax(_ message: String) -> Stop { .syntax(message, position) }
}
