import CommandLine
import Planning
import Text

/// Our section in a job's summary, as Markdown. The first marker has the sums of all runs; of the runs, the latest are shown.
enum SummarySection {
  struct Run {
    let ran: Int
    let all: Int
    let why: String
    let savedSeconds: Double

    init(_ tests: RanTests, savedSeconds: Double) {
      ran = tests.ran.tests
      all = max(tests.allTests, tests.ran.tests)
      let causes = tests.causes.filter { $0.cause.kind != .leftOut }
      why = causes.isEmpty ? "nothing changed" : Cause.summary(causes, most: 3)
      self.savedSeconds = savedSeconds
    }

    var row: String {
      let saved = savedSeconds >= 0.05 ? TimeText.about(savedSeconds) : ""
      return "| \(ran) of \(all) | \(SummarySection.plain(why)) | \(saved) |"
    }
  }

  private static let opening = "<!-- testmon-xdist: runs "
  private static let closing = "<!-- testmon-xdist: end -->"
  private static let rowsShown = 20

  /// The text with a run more in our section; where there is none yet, it comes last.
  static func adding(_ run: Run, to text: [UInt8]) -> [UInt8] {
    let (head, section, tail) = parts(of: text)
    let lines = String(decoding: section, as: UTF8.self).split(separator: "\n").map(String.init)
    let sums = sums(in: lines.first ?? "")
    let runs = sums[0] + 1
    let (ran, seconds) = (sums[1] + run.ran, sums[2] + Int(min(max(run.savedSeconds, 0), 1e9).rounded()))
    let rows = (lines.filter { $0.hasPrefix("| ") && !$0.hasPrefix("| tests") && !$0.hasPrefix("| ---") } + [run.row])
      .suffix(rowsShown)
    let saved = seconds > 0 ? "; about \(TimeText.about(Double(seconds))) not needed" : ""
    let new =
      [
        "\(opening)\(runs) \(ran) \(seconds) -->",
        "### testmon-xdist: \(ran) \(ran == 1 ? "test" : "tests") in \(runs) \(runs == 1 ? "run" : "runs")\(saved)",
        "",
        "| tests run | why | not needed |",
        "| --- | --- | --- |",
      ] + rows + (runs > rows.count ? ["", "The last \(rows.count) runs."] : []) + [closing, ""]
    let gap = head.isEmpty || head.suffix(2) == [10, 10] ? "" : head.last == 10 ? "\n" : "\n\n"
    return head + Array(gap.utf8) + Array(new.joined(separator: "\n").utf8) + tail
  }

  /// What stands before our section, the section, and what stands after it.
  private static func parts(of text: [UInt8]) -> (head: [UInt8], section: ArraySlice<UInt8>, tail: ArraySlice<UInt8>) {
    guard let start = text.ranges(of: Array(opening.utf8)).last,
      let end = text[start.upperBound...].firstRange(of: Array((closing + "\n").utf8))
    else { return (text, [], []) }
    return (Array(text[..<start.lowerBound]), text[start.lowerBound..<end.upperBound], text[end.upperBound...])
  }

  /// Runs, tests and seconds; zeros where somebody has changed the marker.
  private static func sums(in marker: String) -> [Int] {
    let numbers = marker.dropFirst(opening.count).split(separator: " ").prefix(3).map {
      DecimalText.whole(String($0)).flatMap { (0...1_000_000_000_000).contains($0) ? $0 : nil } ?? 0
    }
    return numbers.count == 3 ? numbers : [0, 0, 0]
  }

  /// Text from outside, such that it is nothing but text in a table of Markdown.
  static func plain(_ text: String) -> String {
    Printable.escape(text).map { letter in
      "\\`*_{}[]<>#|~&@".contains(letter) ? "&#\(letter.unicodeScalars.first?.value ?? 32);" : String(letter)
    }.joined()
  }
}
