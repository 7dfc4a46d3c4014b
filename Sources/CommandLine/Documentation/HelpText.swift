/// `-h` and `--help`.
struct HelpText {
  let style: Style

  // MARK: -h

  func shortProgram() -> String {
    let commands = CommandTable.commands.map { ["\($0.name.rawValue)", $0.brief] }
    return title(CommandTable.program, CommandTable.brief)
      + usage("\(CommandTable.program) COMMAND [OPTIONS]")
      + section("Commands", rows: commands)
      + section("Options", rows: briefs(CommandTable.common + CommandTable.topLevel))
      + "\nTry '\(CommandTable.program) --help' or '\(CommandTable.program) help COMMAND' for more.\n"
  }

  func short(_ command: CommandDefinition) -> String {
    let own = command.options.visible.isEmpty ? "" : section("Options", rows: briefs(command.options))
    return title("\(CommandTable.program) \(command.name.rawValue)", command.brief)
      + usage("\(CommandTable.program) \(command.name.rawValue) \(command.usage)")
      + own
      + section("Common options", rows: briefs(CommandTable.common))
      + "\nTry '\(CommandTable.program) \(command.name.rawValue) --help' for more.\n"
  }

  // MARK: --help

  func longProgram(settings: [SettingDescription]) -> String {
    let commands = CommandTable.commands.map {
      "  \($0.name.rawValue)\($0.usage.isEmpty ? "" : " " + $0.usage)\n" + fill(sentence($0.brief), indent: 6)
    }
    return title(CommandTable.program, CommandTable.brief)
      + usage("\(CommandTable.program) COMMAND [OPTIONS]")
      + paragraphs(CommandTable.description)
      + heading("Three ways to use it") + examples(CommandTable.examples)
      + heading("Commands") + commands.joined()
      + heading("Options") + details(CommandTable.common + CommandTable.topLevel)
      + heading("Settings, by key and variable")
      + fill(
        """
        A later layer wins: defaults, the user's file, the project's file, environment variables, options. See \
        Files below. Intervals are in seconds.
        """, indent: 2)
      + "\n"
      + settings.map(setting).joined()
      + heading("Other environment variables") + entries(CommandTable.variables)
      + heading("Files") + entries(CommandTable.files)
      + exitStatuses(ExitStatus.allRows)
  }

  func long(_ command: CommandDefinition) -> String {
    let own = command.options.visible
    return title("\(CommandTable.program) \(command.name.rawValue)", command.brief)
      + usage("\(CommandTable.program) \(command.name.rawValue) \(command.usage)")
      + paragraphs(command.description)
      + (own.isEmpty ? "" : heading("Options") + details(own))
      + heading("Common options") + details(CommandTable.common)
      + exitStatuses(command.exitStatusRows)
      + heading("Examples") + examples(command.examples)
  }

  // MARK: Parts

  private func title(_ name: String, _ brief: String) -> String { "\(style(.heading, name)) - \(brief)\n" }

  private func usage(_ line: String) -> String { "\n\(style(.heading, "Usage:")) \(line)\n" }

  private func heading(_ name: String) -> String { "\n\(style(.heading, name + ":"))\n" }

  private func section(_ name: String, rows: [[String]]) -> String {
    heading(name) + Columns.lines(rows, indent: 2).map { $0 + "\n" }.joined()
  }

  private func briefs(_ options: [OptionDefinition]) -> [[String]] {
    options.visible.map { [($0.short == nil ? "    " : "") + $0.signature, $0.brief] }
  }

  private func paragraphs(_ texts: [String]) -> String { texts.map { "\n" + fill($0, indent: 0) }.joined() }

  private func details(_ options: [OptionDefinition]) -> String {
    options.visible.map { "  \($0.signature)\n" + fill($0.paragraph, indent: 6) }.joined()
  }

  private func entries(_ entries: [DocumentedName]) -> String {
    entries.map { "  \($0.name)\n" + fill($0.meaning, indent: 6) }.joined()
  }

  private func setting(_ setting: SettingDescription) -> String {
    "  \(setting.key), \(setting.variable)\n"
      + fill("\(setting.summary) [default: \(setting.defaultText)]", indent: 6)
  }

  private func examples(_ examples: [Example]) -> String {
    examples.map { example in
      let lines = example.line.split(separator: "\n").map { "      \($0)\n" }.joined()
      return fill(example.meaning, indent: 2) + lines
    }.joined()
  }

  private func exitStatuses(_ rows: [(status: String, meaning: String)]) -> String {
    heading("Exit status")
      + rows.map { row in
        let margin = String(repeating: " ", count: max(1, 6 - row.status.count))
        let text = fill(row.meaning, indent: 8)
        return "  \(row.status)\(margin)\(text.drop { $0 == " " })"
      }.joined()
  }

  private func sentence(_ brief: String) -> String { brief.prefix(1).uppercased() + brief.dropFirst() + "." }

  private func fill(_ text: String, indent: Int) -> String {
    Wrapping.fill(String(text.filter { $0 != "`" }), indent: indent)
  }
}
