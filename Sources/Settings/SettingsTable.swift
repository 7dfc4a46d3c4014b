import TOMLKit
import Text

/// The table of a file that holds our settings, as TOMLKit parsed it, with the places of its keys.
struct SettingsTable {
  struct Entry: Equatable {
    let key: String
    let value: RawValue
    /// nil where the places of keys can't be told.
    let keyPosition: TextPosition?
    let valuePosition: TextPosition?
  }

  struct Failure: Error, Equatable {
    let message: String
    let position: TextPosition?
  }

  /// In the order of the text.
  let entries: [Entry]

  /// - Parameters:
  ///   - bytes: UTF-8 that holds no NUL.
  ///   - path: where the table lies; empty: the whole file.
  /// - Returns: nil where the file has no such table.
  static func parse(_ bytes: [UInt8], at path: [String]) throws(Failure) -> SettingsTable? {
    var scanner = KeyScanner(bytes, wanted: path)
    do {
      try scanner.scan()
    } catch {
      throw failure(error)
    }
    let root = try parse(bytes)
    guard let table = try find(path, in: root, scanner) else { return nil }
    if let entry = scanner.entries.first(where: { $0.key.utf8.contains(0) }) {
      throw Failure(message: "a key with a NUL character; take it out", position: entry.position)
    }
    return SettingsTable(entries: entries(of: table, scanner.entries))
  }

  private static func parse(_ bytes: [UInt8]) throws(Failure) -> TOMLTable {
    do {
      return try TOMLTable(string: String(decoding: bytes, as: UTF8.self))
    } catch let error as TOMLParseError {
      let begin = error.source.begin
      throw Failure(
        message: "not valid TOML: \(tidy(error.description))",
        position: TextPosition(line: Int(begin.line), column: Int(begin.column)))
    } catch {
      throw Failure(message: "not valid TOML; a TOML checker tells where", position: nil)
    }
  }

  private static func tidy(_ description: String) -> String {
    let start = "Error while "
    return description.hasPrefix(start) ? String(description.dropFirst(start.count)) : description
  }

  private static func failure(_ error: TOMLScanError) -> Failure {
    switch error {
    case .tooDeep(let position):
      Failure(
        message: "keys nested more than \(KeyScanner.maximumDepth) deep; settings need no nesting", position: position)
    case .syntax(let message, let position): Failure(message: "not valid TOML: \(message)", position: position)
    }
  }

  private static func find(
    _ path: [String], in root: TOMLTable, _ scanner: KeyScanner
  ) throws(Failure) -> TOMLTable? {
    var table = root
    for (depth, key) in path.enumerated() {
      let isLast = depth == path.count - 1
      guard let value = table[key] else {
        // `[tool.testmon_xdist]` would be ignored in silence.
        if isLast, let typo = table.keys.sorted().first(where: { isMisspelt($0, key) }) {
          let wrong = (path.dropLast() + [typo]).joined(separator: ".")
          throw Failure(
            message: "unknown table [\(wrong)]; did you mean [\(path.joined(separator: "."))]?",
            position: scanner.siblings[typo])
        }
        return nil
      }
      guard let next = value.table else {
        // What another program's table is like is not ours to judge.
        guard isLast else { return nil }
        throw Failure(
          message:
            "\(path.joined(separator: ".")) must be a table, not \(name(of: value.type)); write [\(path.joined(separator: "."))]",
          position: scanner.siblings[key])
      }
      table = next
    }
    return table
  }

  private static func isMisspelt(_ key: String, _ right: String) -> Bool {
    let letters = { (text: String) in text.lowercased().filter { $0 != "-" && $0 != "_" } }
    // Closer than for a suggestion: there may well be a tool of a similar name.
    return letters(key) == letters(right) || (key.utf8.count <= 20 && Spelling.editDistance(key, right) <= 2)
  }

  private static func entries(of table: TOMLTable, _ scanned: [KeyScanner.Entry]) -> [Entry] {
    let places = Dictionary(scanned.map { ($0.key, $0) }) { first, _ in first }
    let keys = table.keys
    // TOMLKit's keys are the truth: a scan that found others, or not all of them, is not to be trusted.
    let isTrusted = Set(keys) == Set(places.keys)
    let entries = keys.map { key in
      let place = isTrusted ? places[key] : nil
      return Entry(
        key: key, value: value(table[key]), keyPosition: place?.position,
        valuePosition: place?.value ?? place?.position)
    }
    return entries.sorted { first, second in
      let lines = { (entry: Entry) in (entry.keyPosition?.line ?? .max, entry.keyPosition?.column ?? .max) }
      return lines(first) < lines(second)
    }
  }

  private static func value(_ value: (any TOMLValueConvertible)?) -> RawValue {
    guard let value else { return .other("a value that can't be read") }
    switch value.type {
    case .bool: return value.bool.map(RawValue.boolean) ?? .other("a boolean")
    case .int: return value.int.map(RawValue.integer) ?? .other("an integer")
    case .double: return value.double.map(RawValue.number) ?? .other("a number")
    case .string: return value.string.map(RawValue.string) ?? .other("a string")
    default: return .other(name(of: value.type))
    }
  }

  private static func name(of type: TOMLType) -> String {
    switch type {
    case .table: "a table"
    case .array: "an array"
    case .string: "a string"
    case .int: "an integer"
    case .double: "a number with a fraction"
    case .bool: "a boolean"
    case .date: "a date"
    case .time: "a time"
    case .dateTime: "a date and time"
    }
  }
}
