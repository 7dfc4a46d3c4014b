import Settings

/// `-h` and `--help`.
public enum HelpText {
  /// The help of a command, or, with nil, of the program; no line is wider than 80 columns.
  public static func text(for command: CommandName?, _ length: HelpLength) -> String {
    switch (command, length) {
    case (nil, .short): shortProgram()
    case (nil, .long): longProgram()
    case (let command?, .short): short(CommandTable.definition(of: command))
    case (let command?, .long): long(CommandTable.definition(of: command))
    }
  }

  // MARK: -h

  private static func shortProgram() -> String {
    let commands = CommandTable.commands.map { ["\($0.name.rawValue)", $0.brief] }
    return title(CommandTable.program, CommandTable.brief)
      + usage("\(CommandTable.program) COMMAND [OPTIONS]")
      + section("Commands", rows: commands)
      + section("Options", rows: briefs(CommandTable.common + CommandTable.topLevel))
      + "\nTry '\(CommandTable.program) --help' or '\(CommandTable.program) help COMMAND' for more.\n"
  }

  private static func short(_ command: CommandDefinition) -> String {
    let own = command.options.visible.isEmpty ? "" : section("Options", rows: briefs(command.options))
    return title("\(CommandTable.program) \(command.name.rawValue)", command.brief)
      + usage("\(CommandTable.program) \(command.name.rawValue) \(command.usage)")
      + own
      + section("Common options", rows: briefs(CommandTable.common))
      + "\nTry '\(CommandTable.program) \(command.name.rawValue) --help' for more.\n"
  }

  // MARK: --help

  private static func longProgram() -> String {
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
        Files below. Times are in seconds.
        """, indent: 2)
      + "\n"
      + Settings.documentation.map(setting).joined()
      + heading("Other environment variables") + entries(CommandTable.variables)
      + heading("Files") + entries(CommandTable.files)
      + exitStatuses(ExitStatus.allRows)
  }

  private static func long(_ command: CommandDefinition) -> String {
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

  private static func title(_ name: String, _ brief: String) -> String { "\(name) - \(brief)\n" }

  private static func usage(_ line: String) -> String { "\nUsage: \(line)\n" }

  private static func heading(_ name: String) -> String { "\n\(name):\n" }

  private static func section(_ name: String, rows: [[String]]) -> String {
    heading(name) + Columns.lines(rows, indent: 2).map { $0 + "\n" }.joined()
  }

  private static func briefs(_ options: [OptionDefinition]) -> [[String]] {
    options.visible.map { [($0.short == nil ? "    " : "") + $0.signature, $0.brief] }
  }

  private static func paragraphs(_ texts: [String]) -> String { texts.map { "\n" + fill($0, indent: 0) }.joined() }

  private static func details(_ options: [OptionDefinition]) -> String {
    options.visible.map { "  \($0.signature)\n" + fill($0.paragraph, indent: 6) }.joined()
  }

  private static func entries(_ entries: [DocumentedName]) -> String {
    entries.map { "  \($0.name)\n" + fill($0.meaning, indent: 6) }.joined()
  }

  private static func setting(_ setting: any SettingDocumentation) -> String {
    "  \(setting.key), \(setting.variable)\n" + fill(setting.paragraph, indent: 6)
  }

  private static func examples(_ examples: [Example]) -> String {
    examples.map { example in
      let lines = example.line.split(separator: "\n").map { "      \($0)\n" }.joined()
      return fill(example.meaning, indent: 2) + lines
    }.joined()
  }

  private static func exitStatuses(_ rows: [(status: String, meaning: String)]) -> String {
    heading("Exit status")
      + rows.map { row in
        let margin = String(repeating: " ", count: max(1, 6 - row.status.count))
        let text = fill(row.meaning, indent: 8)
        return "  \(row.status)\(margin)\(text.drop { $0 == " " })"
      }.joined()
  }

  private static func sentence(_ brief: String) -> String { brief.prefix(1).uppercased() + brief.dropFirst() + "." }

  private static func fill(_ text: String, indent: Int) -> String {
    Wrapping.fill(String(text.filter { $0 != "`" }), indent: indent)
  }
}
