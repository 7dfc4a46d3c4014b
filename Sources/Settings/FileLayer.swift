import Text

/// Settings from one file.
struct FileLayer: Layer {
  /// As people are shown the file.
  let name: String
  let entries: [LayerEntry]
  let problem: SettingsError.Problem?
  private let file: SettingsFile

  /// - Returns: nil where there is no file, or no settings in it.
  init?(_ file: SettingsFile, _ presence: SettingsFile.Presence) {
    self.file = file
    name = file.name
    do {
      guard let table = try file.read(presence), !table.entries.isEmpty else { return nil }
      entries = table.entries.map { entry in
        LayerEntry(
          name: entry.key, value: entry.value, origin: .file(file.place(entry.keyPosition)),
          namePlace: file.place(entry.keyPosition).description, valuePlace: file.place(entry.valuePosition).description)
      }
      problem = nil
    } catch {
      entries = []
      problem = error
    }
  }

  func name(of setting: any SettingDocumentation) -> String? { setting.key }

  func refusal(of name: String, known: [String]) -> String {
    if file.table.isEmpty, name == "tool" {
      return "unknown table 'tool'; in this file settings stand at the top level, without [tool.testmon-xdist]"
    }
    let place = file.table.isEmpty ? "" : " in [\(file.table.joined(separator: "."))]"
    let suggestion = Spelling.didYouMean(name, known)
    let rest = suggestion.isEmpty ? "; the keys are \(known.joined(separator: ", "))" : suggestion
    return "unknown key '\(name)'\(place)\(rest)"
  }
}
