import Coordination

extension TestProgress {
  /// "57 of 400 done, 1 failed, about 20s left".
  /// - Parameter now: in seconds since 1970; nil where nothing goes on any more.
  func summary(now: Double?) -> String {
    var parts = ["\(tests.done) of \(tests.selected) done"]
    if tests.failed > 0 { parts.append("\(tests.failed) failed") }
    if let now, let left = secondsLeft(at: now) {
      parts.append(left < 1 ? "nearly at the end" : "about \(TimeText.span(left)) left")
    }
    return parts.joined(separator: ", ")
  }

  /// How much of the tests is done, from 0 to 1.
  var share: Double { tests.selected > 0 ? Double(tests.done) / Double(tests.selected) : 0 }

  /// nil where nothing is left, or nobody can say.
  private func secondsLeft(at now: Double) -> Double? {
    tests.done == tests.selected ? nil : tests.secondsLeft.map { max(0, $0 - max(0, now - timestamp)) }
  }
}
