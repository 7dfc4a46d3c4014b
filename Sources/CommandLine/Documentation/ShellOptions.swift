/// The options as the completions need them.
enum ShellOptions {
  /// Every visible option once; one name means one thing wherever it appears (see ``OptionName``).
  static let all: [OptionDefinition] = {
    var seen: Set<OptionName> = []
    let options = CommandTable.commands.flatMap(\.options) + CommandTable.common + CommandTable.topLevel
    return options.visible.filter { seen.insert($0.name).inserted }
  }()
}
