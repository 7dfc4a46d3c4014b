import CommandLine

/// What doctor has found, for people: a line for each group, and below it what isn't well, with the next step.
struct DoctorText {
  let style: Style
  /// Whether what is well is told in full, too.
  let showsGood: Bool
  /// Whether only problems are told.
  let isQuiet: Bool

  func render(_ report: DoctorReport) -> String {
    let text = report.groups.map { group in
      guard let verdict = group.verdict, !(isQuiet && verdict == .good) else { return "" }
      return self.group(group.group, verdict, report.lines(of: group))
    }.joined()
    return isQuiet && report.isHealthy ? text : text + verdict(on: report) + "\n"
  }

  private func group(
    _ group: CheckGroup, _ verdict: DoctorReport.Verdict, _ lines: [DoctorReport.Line]
  ) -> String {
    let summary = lines.filter { $0.verdict == .good }.compactMap(\.summary).joined(separator: ", ")
    let told = lines.filter { $0.verdict != .good || showsGood }
    return "\(mark(verdict)) \(style(.heading, group.heading))"
      + (summary.isEmpty ? "\n" : ": \(Printable.escape(summary))\n") + told.map(self.line).joined()
  }

  private func line(_ line: DoctorReport.Line) -> String {
    let label =
      switch line.verdict {
      case .good: style(.good, "ok")
      case .warning: style(.warning, "warning")
      case .failure: style(.error, "problem")
      case .fixed: style(.good, "fixed")
      }
    let message = "  \(label): \(Printable.escape(line.message))\n"
    // By itself on its line, so that it can be copied.
    return message + (line.next.map { "    \(Printable.escape($0))\n" } ?? "")
  }

  private func mark(_ verdict: DoctorReport.Verdict) -> String {
    switch verdict {
    case .good, .fixed: style(.good, style.marks.good)
    case .warning: style(.warning, style.marks.warning)
    case .failure: style(.error, style.marks.problem)
    }
  }

  private func verdict(on report: DoctorReport) -> String {
    let warnings = count(.warning, in: report, "warning")
    guard report.isHealthy else {
      let all = [count(.failure, in: report, "problem"), warnings].compactMap { $0 }.joined(separator: ", ")
      return "\(style(.error, "Not ready")): \(all)."
    }
    let what = report.isEnabled ? "pytest --testmon" : "testmon-xdist controller -- pytest --testmon"
    return "\(style(.good, "Ready")) to run \(what) in parallel\(warnings.map { ", with \($0)" } ?? "")."
  }

  private func count(_ verdict: DoctorReport.Verdict, in report: DoctorReport, _ word: String) -> String? {
    let count = report.findings.filter { $0.verdict == verdict }.count
    return count == 0 ? nil : "\(count) \(word)\(count == 1 ? "" : "s")"
  }
}
