/// The files in the repository that are generated from ``CommandTable`` and the settings.
public enum GeneratedFile: String, CaseIterable, Sendable {
  case man, bash, zsh, fish
  /// Of this one only a part is generated, with the comments that it stands between.
  case settings

  /// Where the repository keeps it.
  public var path: String {
    switch self {
    case .man: "man/testmon-xdist.1"
    case .bash: "completions/testmon-xdist.bash"
    case .zsh: "completions/_testmon-xdist"
    case .fish: "completions/testmon-xdist.fish"
    case .settings: "docs/settings.md"
    }
  }

  /// What is generated, with a line break at the end.
  public var contents: String {
    switch self {
    case .man: ManPage.render()
    case .bash: BashCompletion.render()
    case .zsh: ZshCompletion.render()
    case .fish: FishCompletion.render()
    case .settings: SettingsTable.render()
    }
  }
}
