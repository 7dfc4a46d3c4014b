import Platform

/// The command `pytest` that a shell would find.
struct PytestCommand {
  let path: String
  /// The Python that it runs in; nil where its first lines don't tell, as of a shim.
  let interpreter: String?

  /// nil where there is none.
  init?(path variable: String) {
    guard let path = ChildProcess.find("pytest", path: variable) else { return nil }
    self.path = path
    interpreter = Self.interpreter(of: path, variable)
  }

  /// Whether it runs in that Python: in one folder there is one.
  func isOf(_ python: CheckContext.Python) -> Bool {
    guard let interpreter else { return true }
    return Path.parent(of: interpreter) == Path.parent(of: python.executable)
      || SymbolicLink.resolved(Path.parent(of: interpreter))
        == SymbolicLink.resolved(Path.parent(of: python.executable))
  }

  private static func interpreter(of path: String, _ variable: String) -> String? {
    guard let folder = try? Directory.open(Path.parent(of: path), followingLink: true),
      let bytes = try? folder.read(String(path.split(separator: "/").last ?? ""), followingLink: true)
    else { return nil }
    let lines = String(decoding: bytes.prefix(4096), as: UTF8.self).split(separator: "\n").prefix(2)
    guard let first = lines.first, first.hasPrefix("#!") else { return nil }
    var words = first.dropFirst(2).split(separator: " ").map(String.init)
    // How installers write a path that is too long for the first line, or has a space.
    if words == ["/bin/sh"], let second = lines.last, second.hasPrefix("'''exec' ") {
      let rest = second.dropFirst("'''exec' ".count)
      words =
        rest.hasPrefix("\"")
        ? [String(rest.dropFirst().prefix { $0 != "\"" })] : rest.split(separator: " ").map(String.init)
    }
    if words.first?.hasSuffix("/env") == true, words.count > 1 {
      words = ChildProcess.find(words[1], path: variable).map { [$0] } ?? []
    }
    guard let found = words.first, found.split(separator: "/").last?.hasPrefix("python") == true else { return nil }
    return found
  }
}
