/// Makes the texts that come from ``CommandTable``; prints nothing.
public enum Generator {
  /// The contents of a generated file, with a line break at the end.
  ///
  /// - Parameter settings: for the manual page, which alone shows them.
  public static func generate(_ file: GeneratedFile, settings: [SettingDescription]) -> String {
    switch file {
    case .man: ManPage.render(settings: settings)
    case .bash: BashCompletion.render()
    case .zsh: ZshCompletion.render()
    case .fish: FishCompletion.render()
    }
  }

  /// The help of a command, or, with nil, of the program; no line is wider than 80 columns.
  public static func help(
    _ command: CommandName?, _ length: HelpLength, settings: [SettingDescription],
    style: Style = Style(isColored: false)
  ) -> String {
    let help = HelpText(style: style)
    return switch (command, length) {
    case (nil, .short): help.shortProgram()
    case (nil, .long): help.longProgram(settings: settings)
    case (let command?, .short): help.short(CommandTable.definition(of: command))
    case (let command?, .long): help.long(CommandTable.definition(of: command))
    }
  }
}
