/// Words that are close to each other: for errors that suggest what was meant.
public enum Spelling {
  /// In bytes.
  private static let longestWord = 100

  /// `; did you mean 'x'?` for a word that is close to a known one, else nothing.
  public static func didYouMean(_ word: String, _ known: [String]) -> String {
    closest(to: word, among: known).map { "; did you mean '\($0)'?" } ?? ""
  }

  /// The known word that `word` was most likely meant to be.
  ///
  /// At most a third of a word may differ, and never more than three characters: beyond that a suggestion is a guess.
  public static func closest(to word: String, among known: [String]) -> String? {
    let word = word.lowercased()
    // Words of hostile length can't be close to anything known, and the comparison is quadratic.
    guard word.utf8.count <= longestWord else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in known {
      let distance = editDistance(word, candidate.lowercased())
      if distance < (best?.distance ?? Int.max) { best = (candidate, distance) }
    }
    if let best, best.distance <= min(3, max(1, best.word.utf8.count / 3)) { return best.word }
    let letters = word.utf8.filter { $0 != UInt8(ascii: "-") }.count
    let longer = known.filter { $0.lowercased().utf8.starts(with: word.utf8) }
    return letters >= 2 && longer.count == 1 ? longer.first : nil
  }

  /// The Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, substitutions and swaps of
  /// neighbours that turn one word into the other.
  public static func editDistance(_ first: String, _ second: String) -> Int {
    let a = Array(first.unicodeScalars)
    let b = Array(second.unicodeScalars)
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var current = [i + 1]
      for (j, y) in b.enumerated() {
        var cost = min(last[j] + (x == y ? 0 : 1), last[j + 1] + 1, current[j] + 1)
        if i > 0, j > 0, x == b[j - 1], a[i - 1] == y { cost = min(cost, beforeLast[j - 1] + 1) }
        current.append(cost)
      }
      beforeLast = last
      last = current
    }
    return last[b.count]
  }
}
