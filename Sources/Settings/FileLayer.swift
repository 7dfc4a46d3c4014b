import Text

/// Settings from one file.
struct FileLayer {
  /// The path that is opened.
  let path: String
  /// The path that people are shown.
  let name: String
  /// Where the settings lie in the file; empty: at the top.
  let table: [String]

  /// The table of a `pyproject.toml` that is ours.
  static let pyprojectTable = ["tool", "testmon-xdist"]

  init(path: String, name: String) {
    self.path = path
    self.name = name
    let file = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) }
    table = file == "pyproject.toml" ? Self.pyprojectTable : []
  }

  /// What a missing file means.
  enum Presence {
    /// No file, no settings; a file that a folder on the way hides counts as none.
    case optional
    /// No file, no settings; but a hidden one is an error.
    case visible
    /// A missing file is an error.
    case required
  }

  /// - Returns: nil where there is no file, or no settings in it.
  func read(_ presence: Presence) -> Layer? {
    var layer = Layer()
    do {
      guard let table = try SettingsTable.parse(TextFile.read(path), at: table) else { return nil }
      guard !table.entries.isEmpty else { return nil }
      for entry in table.entries { take(entry, into: &layer) }
      return layer
    } catch let failure as TextFile.Failure {
      switch (failure, presence) {
      case (.missing, .optional), (.missing, .visible), (.hidden, .optional): return nil
      case (.missing, .required): layer.report(name, "there is no such file")
      case (.hidden, _): layer.report(name, "can't be reached: permission denied")
      case (.unusable(let message, let position), _): layer.report(place(position), message)
      }
    } catch let failure as SettingsTable.Failure {
      layer.report(place(failure.position), failure.message)
    } catch {
      layer.report(name, "can't be read")
    }
    layer.isBroken = true
    return layer
  }

  private func take(_ entry: SettingsTable.Entry, into layer: inout Layer) {
    guard let key = SettingKey(rawValue: entry.key) else {
      return layer.report(place(entry.keyPosition), unknownKey(entry.key))
    }
    let definition = SettingDefinition.definition(of: key)
    let value: SettingValue? =
      switch (definition.kind, entry.value) {
      case (.boolean, .boolean(let value)): .boolean(value)
      case (.seconds, .integer(let value)), (.factor, .integer(let value)): .number(Double(value))
      case (.seconds, .number(let value)), (.factor, .number(let value)): .number(value)
      case (.count, .integer(let value)): .count(value)
      default: nil
      }
    guard let value else {
      return layer.report(
        place(entry.valuePosition),
        "'\(entry.key)' must be \(definition.expectation), not \(entry.value.noun); "
          + "write for example \(entry.key) = \(definition.example)")
    }
    guard definition.allows(value) else {
      return layer.report(
        place(entry.valuePosition), "'\(entry.key)' must be \(definition.expectation), not \(value)")
    }
    layer.values[key] = (value, .file(place(entry.keyPosition)))
  }

  private func unknownKey(_ key: String) -> String {
    if table.isEmpty, key == "tool" {
      return "unknown table 'tool'; in this file settings stand at the top level, without [tool.testmon-xdist]"
    }
    let place = table.isEmpty ? "" : " in [\(table.joined(separator: "."))]"
    let suggestion = didYouMean(key, SettingKey.allCases.map(\.rawValue))
    let known = SettingKey.allCases.map(\.rawValue).joined(separator: ", ")
    return "unknown key '\(key)'\(place)\(suggestion.isEmpty ? "; the keys are \(known)" : suggestion)"
  }

  private func place(_ position: TextPosition?) -> FilePosition {
    FilePosition(path: path, name: name, line: position?.line, column: position?.column)
  }
}

extension SettingsTable.Value {
  fileprivate var noun: String {
    switch self {
    case .boolean(let value): "the boolean \(value)"
    case .integer(let value): "the integer \(value)"
    case .number(let value): "the number \(value)"
    case .other(let name): name
    }
  }
}
