/// Paths as text; no file is looked at.
enum Path {
  /// A path made absolute and free of `.`, `..` and doubled slashes; links are not followed.
  static func absolute(_ path: String, in folder: String) -> String {
    var parts: [Substring] = []
    for part in (path.hasPrefix("/") ? path : "\(folder)/\(path)").split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  static func parent(of path: String) -> String { absolute("..", in: path) }

  /// Puts the home folder and variables in, as Python's `os.path.expanduser` and `os.path.expandvars` do: what isn't set,
  /// or isn't closed, stays as it is. Other users' home folders (`~name`) stay as they are, too.
  static func expanded(_ path: String, _ environment: [String: String]) -> String {
    let isBelowHome = path == "~" || path.hasPrefix("~/")
    let path = isBelowHome ? (environment["HOME"] ?? "") + path.dropFirst() : path
    var result = ""
    var rest = path[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      let (name, end) = variable(in: rest[dollar...].dropFirst())
      result += name.flatMap { environment[String($0)] } ?? String(rest[dollar..<end])
      rest = rest[end...]
    }
    return result + rest
  }

  /// The name that follows a `$`, with braces or without, and where the rest begins; nil for braces that aren't closed.
  private static func variable(in text: Substring) -> (name: Substring?, end: Substring.Index) {
    guard text.first == "{" else {
      let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      return (name, name.endIndex)
    }
    let name = text.dropFirst().prefix { $0 != "}" }
    guard name.endIndex < text.endIndex else { return (nil, text.endIndex) }
    return (name, text.index(after: name.endIndex))
  }
}
