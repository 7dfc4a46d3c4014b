/// How an environment differs from what it was before: in its Python and its packages.
public struct EnvironmentDifference: Equatable, Sendable {
  /// One line for each, such as `requests 2.31 → 2.32`; the Python first.
  public let changes: [String]

  public init(from old: EnvironmentKey, to new: EnvironmentKey) {
    var changes: [String] = []
    if !old.python.utf8.elementsEqual(new.python.utf8) { changes.append("Python \(old.python) → \(new.python)") }
    // Several versions of one package may be installed.
    let (before, after) = (Self.packages(old.packages), Self.packages(new.packages))
    for name in Set(before.keys).union(after.keys).sorted() {
      switch (before[name], after[name]) {
      case (let one?, let other?) where one != other:
        changes.append("\(name) \(one.joined(separator: "+")) → \(other.joined(separator: "+"))")
      case (let one?, nil): changes.append("\(name) \(one.joined(separator: "+")) removed")
      case (nil, let other?): changes.append("\(name) \(other.joined(separator: "+")) added")
      default: break
      }
    }
    self.changes = changes
  }

  /// In a line: the first few, and how many more there are.
  public func text(most: Int = 3) -> String {
    let more = changes.count - most
    return changes.prefix(most).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }

  /// The versions by name of testmon's list: `attrs 23.1, pluggy 1.5`.
  private static func packages(_ list: String) -> [String: [String]] {
    var result: [String: [String]] = [:]
    for package in list.split(separator: ", ") {
      let words = package.split(separator: " ", maxSplits: 1)
      guard let name = words.first else { continue }
      result[String(name), default: []].append(words.count > 1 ? String(words[1]) : "")
    }
    return result
  }
}
