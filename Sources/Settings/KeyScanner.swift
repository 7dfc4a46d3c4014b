/// Finds where the keys of a TOML text stand, which TOMLKit doesn't tell, and how deep they lie.
///
/// It knows where keys, headers, arrays and inline tables begin and end; ``TOMLLexer`` knows what they consist of. It
/// makes no values, accepts more than TOML does, and is no parser: ``SettingsTable`` compares what it finds with what
/// TOMLKit found. It runs first, and TOMLKit sees only what it accepts, because TOMLKit (toml++ 3.4) overruns the stack
/// on a key of many thousand parts, and fails an assertion, in release builds too, on `[!]` and the like.
struct KeyScanner {
  /// TOMLKit itself allows 256 nested values, and any number of parts in a key.
  static let maximumDepth = 128

  /// A place where a key of the wanted table stands, alone or as a part of a longer key or of a header.
  struct Entry: Equatable {
    let key: String
    let position: TextPosition
    /// Where the key's own value starts; nil where the key names a table that this place only adds to.
    let value: TextPosition?
  }

  /// In the order of the text.
  private(set) var entries: [Entry] = []
  /// The first place that names each table or value beside the wanted table, and that one itself.
  private(set) var siblings: [String: TextPosition] = [:]
  private let wanted: [String]
  private var text: TOMLLexer
  private var table: [String] = []

  /// - Parameters:
  ///   - bytes: UTF-8.
  ///   - wanted: the table whose keys are to be found; empty: the whole text. Only these are remembered: a full path
  ///     for every key would make a hostile file cost a thousand times its size.
  init(_ bytes: [UInt8], wanted: [String]) {
    self.wanted = wanted
    text = TOMLLexer(bytes)
  }

  mutating func scan() throws(TOMLScanError) {
    while text.peek() != nil {
      text.skipBlanks()
      switch text.peek() {
      case nil: return
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): text.advance()
      case UInt8(ascii: "#"): text.skipComment()
      case UInt8(ascii: "["): try scanHeader()
      default:
        try scanPair(in: table, nesting: 0)
        try endLine()
      }
    }
  }

  // MARK: Lines

  private mutating func scanHeader() throws(TOMLScanError) {
    let start = text.position
    text.advance()
    let isArray = text.peek() == UInt8(ascii: "[")
    if isArray { text.advance() }
    let path = try scanKey(above: 0, nesting: 0)
    try text.expect("]")
    if isArray { try text.expect("]") }
    try endLine()
    table = path
    record(path, at: start, value: nil)
  }

  private mutating func scanPair(in table: [String], nesting: Int) throws(TOMLScanError) {
    text.skipBlanks()
    let key = text.position
    let path = table + (try scanKey(above: table.count, nesting: nesting))
    try text.expect("=")
    text.skipBlanks()
    let value = text.position
    // Before what lies inside the value: entries stay in the order of the text.
    record(path, at: key, value: value)
    try scanValue(in: path, nesting: nesting)
  }

  private mutating func record(_ path: [String], at position: TextPosition, value: TextPosition?) {
    let parent = wanted.dropLast()
    if !wanted.isEmpty, path.count >= wanted.count, path.starts(with: parent) {
      let name = path[wanted.count - 1]
      if siblings[name] == nil { siblings[name] = position }
    }
    guard path.count > wanted.count, path.starts(with: wanted) else { return }
    let isOwn = path.count == wanted.count + 1
    entries.append(Entry(key: path[wanted.count], position: position, value: isOwn ? value : nil))
  }

  private mutating func endLine() throws(TOMLScanError) {
    text.skipBlanks()
    switch text.peek() {
    case nil, UInt8(ascii: "\n"), UInt8(ascii: "\r"): return
    case UInt8(ascii: "#"): text.skipComment()
    default: throw text.syntaxError("unexpected text at the end of the line")
    }
  }

  // MARK: Keys

  private mutating func scanKey(above: Int, nesting: Int) throws(TOMLScanError) -> [String] {
    var parts: [String] = []
    while true {
      text.skipBlanks()
      guard above + parts.count + nesting < Self.maximumDepth else { throw .tooDeep(text.position) }
      switch text.peek() {
      case UInt8(ascii: "\""): parts.append(try text.scanString(UInt8(ascii: "\"")))
      case UInt8(ascii: "'"): parts.append(try text.scanString(UInt8(ascii: "'")))
      default: parts.append(try text.scanBareKey())
      }
      text.skipBlanks()
      guard text.peek() == UInt8(ascii: ".") else { return parts }
      text.advance()
    }
  }

  // MARK: Values

  private mutating func scanValue(in path: [String], nesting: Int) throws(TOMLScanError) {
    guard path.count + nesting <= Self.maximumDepth else { throw .tooDeep(text.position) }
    switch text.peek() {
    case UInt8(ascii: "\""): try text.skipString(UInt8(ascii: "\""))
    case UInt8(ascii: "'"): try text.skipString(UInt8(ascii: "'"))
    case UInt8(ascii: "["): try scanArray(in: path, nesting: nesting + 1)
    case UInt8(ascii: "{"): try scanInlineTable(in: path, nesting: nesting + 1)
    default: try text.skipScalar()
    }
  }

  private mutating func scanArray(in path: [String], nesting: Int) throws(TOMLScanError) {
    text.advance()
    while true {
      text.skipBlanksAndLines()
      if text.peek() == UInt8(ascii: "]") { return text.advance() }
      try scanValue(in: path, nesting: nesting)
      text.skipBlanksAndLines()
      switch text.peek() {
      case UInt8(ascii: ","): text.advance()
      case UInt8(ascii: "]"): return text.advance()
      default: throw text.syntaxError("expected ',' or ']' in an array")
      }
    }
  }

  private mutating func scanInlineTable(in path: [String], nesting: Int) throws(TOMLScanError) {
    text.advance()
    text.skipBlanks()
    if text.peek() == UInt8(ascii: "}") { return text.advance() }
    while true {
      try scanPair(in: path, nesting: nesting)
      text.skipBlanks()
      switch text.peek() {
      case UInt8(ascii: ","): text.advance()
      case UInt8(ascii: "}"): return text.advance()
      default: throw text.syntaxError("expected ',' or '}' in an inline table")
      }
    }
  }
}
