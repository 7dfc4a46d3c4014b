import Platform

/// A file that configures pytest, as far as commands need it that don't ask pytest: whether it does configure it, which
/// decides on the rootdir, and where the cache is. It is read line by line; in a run pytest itself reads it, and the plugin
/// says what it found.
struct PytestConfiguration {
  /// In pytest's order.
  private static let names = [
    "pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg",
  ]

  /// The value of `cache_dir`.
  let cacheFolder: String?

  /// The one that counts in a folder. Links are followed, as pytest does. Each file is read once: it may be another one,
  /// or gone, a moment later.
  static func first(in folder: String) -> PytestConfiguration? {
    guard let directory = try? Directory.open(folder, followingLink: true) else { return nil }
    for name in names {
      if let configuration = PytestConfiguration(directory, name) { return configuration }
    }
    return nil
  }

  /// Nil unless there is such a file and it has a section for pytest; a `pytest.ini` needs none.
  private init?(_ directory: Directory, _ name: String) {
    guard let bytes = try? directory.read(name, followingLink: true) else { return nil }
    let sections: [String] =
      switch name {
      case "pyproject.toml": ["[tool.pytest.ini_options]", "[tool.pytest]"]
      case "setup.cfg": ["[tool:pytest]"]
      default: ["[pytest]"]
      }
    let isTOML = name.hasSuffix(".toml")
    var isInSection = false
    var found = !["pyproject.toml", "tox.ini", "setup.cfg"].contains(name)
    var cacheFolder: String?
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      if line.hasPrefix("[") {
        isInSection = sections.contains { line.hasPrefix($0) }
        found = found || isInSection
      } else if !isTOML, line.first?.isWhitespace == true {
        continue  // It goes on with the value above it.
      } else if isInSection, let separator = line.firstIndex(where: { $0 == "=" || $0 == ":" }),
        Self.trimmed(line[..<separator]) == "cache_dir"
      {
        let value = Self.trimmed(line[line.index(after: separator)...])
        cacheFolder = isTOML ? Self.unquoted(value) : value
      }
    }
    guard found else { return nil }
    self.cacheFolder = cacheFolder.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func trimmed(_ text: Substring) -> String {
    let start = text.drop(while: \.isWhitespace)
    return String(start.reversed().drop(while: \.isWhitespace).reversed())
  }

  /// A TOML string without escapes: what its quotes enclose.
  private static func unquoted(_ value: String) -> String? {
    guard let quote = value.first, quote == "\"" || quote == "'" else { return nil }
    return String(value.dropFirst().prefix { $0 != quote })
  }
}
