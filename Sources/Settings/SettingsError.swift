/// Everything that is wrong with the settings: people want to fix it all at once.
///
/// Messages may hold characters of files and variables; escape them before a terminal sees them.
public struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// One thing that is wrong.
  public struct Problem: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where: `pyproject.toml:12:1`, a variable, an option.
    public let place: String
    /// What is wrong, and what would be right.
    public let message: String

    public var description: String { "\(place): \(message)" }
  }

  /// Never empty; in the order of the layers, and of the lines in a file.
  public let problems: [Problem]

  /// One line for each problem.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
