import Settings

/// The table of settings in docs/settings.md, with the two comments by which `make generate` finds its place.
enum SettingsTable {
  static func render() -> String {
    let head = ["key", "variable", "values", "default", "meaning"]
    let rows = Settings.documentation.map { setting in
      ["`\(setting.key)`", "`\(setting.variable)`", setting.values, setting.defaultText, setting.summary]
    }
    let lines = ([head, head.map { _ in "---" }] + rows).map { "| \($0.joined(separator: " | ")) |\n" }
    return "<!-- settings: `make generate` writes this table -->\n\n\(lines.joined())\n<!-- end of settings -->\n"
  }
}
