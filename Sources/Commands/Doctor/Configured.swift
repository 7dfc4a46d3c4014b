import Text

/// Where an option of pytest's comes from, and how it is taken out there.
extension CheckContext {
  /// - Parameter part: a word of the option, or what it ends with: `no:xdist` for `-p no:xdist`.
  func origin(of part: String) -> (place: String, remedy: String) {
    let isIt = { (word: String) in word == part || word.hasPrefix(part + "=") || word.hasSuffix(part) }
    if let words = rehearsal?.addopts, words.contains(where: isIt) {
      return (
        "addopts in \(configurationFile)", "take \(option(part, in: words)) out of addopts in \(configurationFile)"
      )
    }
    let variable = "PYTEST_ADDOPTS"
    guard let value = environment[variable], value.contains(part) else {
      return ("a plugin or a conftest.py", "see what sets it: grep -rn -- \(ShellWord.quote(part)) .")
    }
    let words = value.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let index = words.firstIndex(where: isIt), !value.contains(where: { "'\"\\".contains($0) }) else {
      return (variable, "take \(option(part, in: words)) out of \(variable)")
    }
    let hasName = words[index] == part && part.hasPrefix("no:") && index > 0
    let isBeforeWord = words[index] == part && index + 1 < words.count && !words[index + 1].hasPrefix("-")
    let hasValue = part == "--rootdir" && isBeforeWord
    // Of what nobody knows nobody can tell whether the next word is its value.
    guard hasName || hasValue || !isBeforeWord else {
      return (variable, "take \(part), with its value if it has one, out of \(variable)")
    }
    let rest = words[..<(hasName ? index - 1 : index)] + words[(hasValue ? index + 2 : index + 1)...]
    let left = rest.joined(separator: " ")
    return (variable, left.isEmpty ? "unset \(variable)" : "export \(variable)=\(ShellWord.quote(left))")
  }

  /// As it is written, or would be.
  private func option(_ part: String, in words: [String]) -> String { part.hasPrefix("no:") ? "-p \(part)" : part }

  /// The file in which pytest found its options, as the user knows it.
  var configurationFile: String { rehearsal?.configurationFile.map(shortened) ?? "pytest's configuration file" }

  /// A path in the project, from its rootdir.
  func shortened(_ path: String) -> String {
    path.hasPrefix(project.rootdir + "/") ? String(path.dropFirst(project.rootdir.count + 1)) : path
  }
}
