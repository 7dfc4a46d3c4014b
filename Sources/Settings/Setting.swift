/// A value and where it came from.
public struct Setting<Value: Equatable & Sendable>: Equatable, Sendable {
  public let value: Value
  public let origin: Origin
}

/// Where a value came from.
public enum Origin: Equatable, Sendable, CustomStringConvertible {
  /// The default: no source sets it.
  case builtIn
  case file(FilePosition)
  /// The environment variable of this name.
  case variable(String)
  /// The option, as in `--timeout`.
  case flag(String)

  /// As people read it: `default`, `pyproject.toml:12:1`, a variable's name, an option.
  public var description: String {
    switch self {
    case .builtIn: "default"
    case .file(let position): position.description
    case .variable(let name): name
    case .flag(let spelling): spelling
    }
  }
}

/// A place in a file.
public struct FilePosition: Equatable, Sendable, CustomStringConvertible {
  /// The path that was opened.
  public let path: String
  /// The path as people are shown it: relative to the rootdir for the project's files, else as it was opened.
  public let name: String
  /// From 1; nil where it can't be told.
  public let line: Int?
  /// From 1, in Unicode scalars; nil where it can't be told.
  public let column: Int?

  /// `NAME:LINE:COLUMN`, as far as it is known.
  public var description: String {
    [name, line.map(String.init), column.map(String.init)].compactMap { $0 }.joined(separator: ":")
  }
}
