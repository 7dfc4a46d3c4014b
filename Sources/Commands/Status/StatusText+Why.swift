import CommandLine
import Coordination
import Planning
import Platform

/// The parts of `status` that tell why tests ran, and of past runs.
extension StatusText {
  /// How many causes are told: with the rest of `status` they fit on a screen.
  private static let causesShown = 9

  func whyLines(_ why: StatusReport.Why) -> [String] {
    guard let run = why.run else { return ["  none recorded that tells why its tests ran"] }
    var rows = [["begun", "\(ago(run.startedAt)), \(ending(of: run))"]]
    if let test = why.test {
      rows.append(["test", Printable.escape(test.name)])
      rows += labelled("why", reasons(test, in: why, of: run))
      if let files = test.files {
        let shown = files.prefix(Self.causesShown).map(Printable.escape)
        rows += labelled("uses", shown + more(files.count, "files"))
      }
      return Columns.lines(rows, indent: 2)
    }
    if let tests = run.tests { rows.append(["tests", "\(tests.ran) of \(max(tests.all, tests.ran)) ran"]) }
    let causes = why.causes.filter { $0.kind != Cause.Kind.leftOut.rawValue }
    let numbers = causes.prefix(Self.causesShown).map { [String($0.tests), Printable.escape($0.text)] }
    let width = numbers.map { $0[0].count }.max() ?? 0
    let shown = numbers.map { String(repeating: " ", count: width - $0[0].count) + $0.joined(separator: "  ") }
    rows += labelled("why", causes.isEmpty ? ["nothing changed"] : shown + more(causes.count, "causes"))
    if let left = why.causes.first(where: { $0.kind == Cause.Kind.leftOut.rawValue }) {
      rows.append(["left out", "\(left.tests) \(left.text)"])
    }
    if let tests = run.tests, tests.notNeeded > 0 {
      rows.append(["saved", Self.saved(tests.notNeeded, tests.savedSeconds)])
    }
    return Columns.lines(rows, indent: 2)
  }

  private func reasons(_ test: StatusReport.Why.Test, in why: StatusReport.Why, of run: StatusReport.PastRun)
    -> [String]
  {
    if test.ran { return test.causes.map { Printable.escape($0.text) } }
    let since = test.lastRanAt.map { "since the run begun \(ago($0)), its last" } ?? "in all recorded runs"
    if test.files == nil { return ["testmon doesn't know this test any more"] }
    if test.leftOut {
      return ["it was to run, and didn't: the run ended before, or left it out; it is still to run"]
    }
    if why.causes.contains(where: { $0.kind == Cause.Kind.asked.rawValue }) {
      return ["it didn't run: testmon didn't select, and it wasn't among the tests that were asked for"]
    }
    return ["it didn't run: nothing that it uses has changed \(since)"]
  }

  private func labelled(_ label: String, _ lines: [String]) -> [[String]] {
    lines.enumerated().map { [$0 == 0 ? label : "", $1] }
  }

  private func more(_ count: Int, _ what: String) -> [String] {
    count > Self.causesShown ? ["and \(count - Self.causesShown) more \(what)"] : []
  }

  private func ago(_ time: Double) -> String { "\(TimeText.ago(since: time, now: now)) ago" }

  private func ending(of run: StatusReport.PastRun) -> String {
    (run.outcome ?? "open") + (run.exitStatus.map { " (\($0))" } ?? "")
  }

  private static func saved(_ tests: Int, _ seconds: Double) -> String {
    let time = seconds >= 0.05 ? ", about \(TimeText.about(seconds))" : ""
    return "\(tests) \(tests == 1 ? "test was" : "tests were") not needed\(time)"
  }

  // MARK: past runs

  private static let barWidth = 10

  func historyLines(_ history: [StatusReport.PastRun], _ savings: StatusReport.Savings?) -> [String] {
    if history.isEmpty { return ["  none recorded"] }
    let longest = history.map { took($0) + ($0.tests?.savedSeconds ?? 0) }.max() ?? 0
    var lines = Columns.lines(
      [["begun", "took", "", "saved", "tests", "ready", "ended", ""]]
        + history.map { run in
          let slowest = run.workers.map(\.readyAfterMilliseconds).max().map { ", \($0) ms" } ?? ""
          let saved = run.tests?.savedSeconds ?? 0
          return [
            ago(run.startedAt), run.endedAt == nil ? "" : TimeText.about(took(run)),
            bar(took(run), saved, longest), saved >= 0.05 ? TimeText.about(saved) : "",
            run.tests.map { "\($0.ran)/\(max($0.all, $0.ran))" } ?? "",
            run.workers.isEmpty ? "" : "\(run.workers.count)\(slowest)",
            ending(of: run), Self.unusual(run),
          ]
        }, indent: 2)
    if let savings, savings.tests > 0 {
      lines.append(
        "  in \(savings.runs == 1 ? "1 run" : "\(savings.runs) runs") \(Self.saved(savings.tests, savings.seconds))")
    }
    return lines
  }

  private func took(_ run: StatusReport.PastRun) -> Double {
    run.endedAt.map { max(0, ($0 - run.startedAt).clampedToInt) } ?? 0
  }

  /// The time that a run took, dark, and would have taken more without testmon, light.
  private func bar(_ took: Double, _ saved: Double, _ longest: Double) -> String {
    guard longest > 0 else { return "" }
    func cells(_ seconds: Double) -> Int { Int((seconds / longest * Double(Self.barWidth)).rounded()) }
    let dark = max(cells(took), took > 0 ? 1 : 0)
    return String(repeating: style.marks.dark, count: dark)
      + String(repeating: style.marks.light, count: max(0, cells(took + saved) - dark))
  }

  /// What isn't as in most runs.
  private static func unusual(_ run: StatusReport.PastRun) -> String {
    let kind = run.kind == Holder.Kind.pytest.rawValue ? [] : [run.kind]
    let environment = run.environmentName == "default" ? [] : [Printable.escape(run.environmentName)]
    return (kind + environment).joined(separator: ", ")
  }
}
