import CommandLine
import Coordination
import Platform

/// What `status --watch` shows on a terminal, in as many rows and columns as there are.
struct WatchFrame {
  let report: StatusReport
  let style: Style
  let now: Double
  let size: Terminal.Size

  /// None is wider than the terminal, and there are fewer than it has rows, if it has two.
  var lines: [String] {
    let body = runLines + ["", dataFileLine] + pastRuns
    // The last row stays empty: what is typed shows there, and nothing has to scroll.
    let rows = max(0, size.rows - 2)
    let isCut = body.count > rows
    let shown = (isCut ? body.prefix(max(0, rows - 1)) + ["  ..."].prefix(rows) : body[...]).map { cut($0) }
    return [heading] + shown
  }

  private var heading: String {
    let clock = TimeText.clock(now)
    let title = cut("testmon-xdist status: \(Printable.escape(report.rootdir))", to: size.columns - clock.count - 2)
    let gap = max(0, size.columns - DisplayWidth.of(title) - clock.count)
    return style(.heading, cut(title + String(repeating: " ", count: gap) + clock))
  }

  private var text: StatusText { StatusText(report, Style(isColored: false, marks: style.marks), now: now) }

  private var runLines: [String] {
    guard let run = report.run else { return ["  no run; the next one is shown as soon as it begins"] }
    var rows = text.rows(of: run)
    if let progress = run.progress, let place = rows.firstIndex(where: { $0.first == "tests" }) {
      let indent = 2 + 2 + (rows.compactMap(\.first?.count).max() ?? 0)
      rows.insert(["", bar(progress, width: size.columns - indent)], at: place + 1)
    }
    let workers = workerLines(run)
    return Columns.lines(rows, indent: 2) + (workers.isEmpty ? [] : [""] + workers)
  }

  /// `[#####.....]  50 %`.
  private func bar(_ progress: TestProgress, width: Int) -> String {
    let percent = "  \(Int((progress.share * 100).rounded(.down))) %"
    let width = max(0, min(Self.widestBar, width - percent.count - 2))
    let full = Int((Double(width) * progress.share).rounded(.down))
    return "[" + String(repeating: "#", count: full) + String(repeating: ".", count: width - full) + "]" + percent
  }

  private static let widestBar = 60

  /// The workers, in as many columns as there is room for.
  private func workerLines(_ run: StatusReport.CurrentRun) -> [String] {
    let cells = Columns.lines(text.workerRows(of: run))
    let width = cells.map { DisplayWidth.of($0) }.max() ?? 0
    let across = max(1, (size.columns - 2) / (width + Self.gap))
    let rows = stride(from: 0, to: cells.count, by: across).map { Array(cells[$0..<min($0 + across, cells.count)]) }
    let gap = String(repeating: " ", count: Self.gap - 2)
    return Columns.lines(rows.map { $0.map { $0 + gap } }, indent: 2)
  }

  /// Between two workers in a row.
  private static let gap = 4

  private var dataFileLine: String {
    let file = report.dataFile
    if let problem = file.problem { return "  data file: \(Printable.escape(problem))" }
    if !file.exists { return "  data file: none yet" }
    let bytes = (file.bytes ?? 0) &+ (file.logBytes ?? 0)
    return "  data file: \(file.tests ?? 0) tests, \(bytes) bytes"
  }

  private var pastRuns: [String] { report.history.map { [""] + text.historyLines($0, report.savings) } ?? [] }

  private func cut(_ line: String, to columns: Int? = nil) -> String {
    DisplayWidth.cut(line, to: max(0, columns ?? size.columns))
  }
}
