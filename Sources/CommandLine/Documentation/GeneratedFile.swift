/// The files that are generated from ``CommandTable`` and kept in the repository.
public enum GeneratedFile: String, CaseIterable, Sendable {
  case man, bash, zsh, fish

  /// Where the repository keeps it.
  public var path: String {
    switch self {
    case .man: "man/testmon-xdist.1"
    case .bash: "completions/testmon-xdist.bash"
    case .zsh: "completions/_testmon-xdist"
    case .fish: "completions/testmon-xdist.fish"
    }
  }
}
