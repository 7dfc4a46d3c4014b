/// What testmon tells environments apart by. Tests recorded in one say nothing about another.
public struct EnvironmentKey: Sendable {
  /// `--testmon-env`, else the value of `environment_expression`, else `default`.
  public var name: String
  /// testmon's `system_packages`: installed distributions and their versions, sorted, joined with `, `.
  public var packages: String
  /// testmon's `python_version`, e.g. `3.11.7`.
  public var python: String

  public init(name: String, packages: String, python: String) {
    self.name = name
    self.packages = packages
    self.python = python
  }
}

extension EnvironmentKey: Equatable {
  /// Byte for byte, as SQLite and Python compare; Swift's own comparison takes composed and decomposed letters for
  /// the same.
  public static func == (left: EnvironmentKey, right: EnvironmentKey) -> Bool {
    left.name.utf8.elementsEqual(right.name.utf8)
      && left.packages.utf8.elementsEqual(right.packages.utf8)
      && left.python.utf8.elementsEqual(right.python.utf8)
  }
}
