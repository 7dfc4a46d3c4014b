import CommandLine
import Coordination
import Planning
import Platform

/// `status` for people.
struct StatusText {
  private let report: StatusReport
  let style: Style
  let now: Double

  /// - Parameter now: the time of day, in seconds since 1970, from which ages are counted.
  init(_ report: StatusReport, _ style: Style, now: Double) {
    self.report = report
    self.style = style
    self.now = now
  }

  var text: String { lines.map { $0 + "\n" }.joined() }

  var lines: [String] {
    var result = [style(.heading, "Run")] + runLines + ["", style(.heading, "Data file")] + dataFileLines
    if let history = report.history {
      result += ["", style(.heading, "Past runs")] + historyLines(history, report.savings)
    }
    if let why = report.why { result += ["", style(.heading, "Last run")] + whyLines(why) }
    if let plan = report.plan { result += ["", style(.heading, "Plan")] + planLines(plan) }
    if let settings = report.settings {
      result += ["", style(.heading, "Settings")] + StatusReport.Setting.lines(settings)
    }
    return result
  }

  private var runLines: [String] {
    guard let run = report.run else { return ["  none in \(Printable.escape(report.rootdir))"] }
    return Columns.lines(rows(of: run), indent: 2) + Columns.lines(workerRows(of: run).map { [""] + $0 }, indent: 2)
  }

  /// What there is to know of a run, but for the workers one by one.
  func rows(of run: StatusReport.CurrentRun) -> [[String]] {
    var rows: [[String]] = []
    switch run.state {
    case .dead: rows.append(["state", Self.dead])
    case .preparing: rows.append(["state", "live, data not ready yet"])
    case .ready:
      let hint = run.kind == .held ? "; 'testmon-xdist cleanup' ends it" : ""
      rows.append(["state", "live, data ready\(hint)"])
    }
    rows.append(["id", Printable.escape(run.id ?? "unknown")])
    if let kind = run.kind, let owner = run.owner, let controller = run.controller {
      rows.append(["held by", "\(Self.what(kind)) (pid \(owner.pid), controller \(controller.pid))"])
    }
    if let since = run.since { rows.append(["begun", "\(TimeText.ago(since: since, now: now)) ago"]) }
    if let id = run.environmentID {
      let name = Printable.escape(run.environmentName ?? "")
      let python = Printable.escape(run.pythonVersion ?? "")
      rows.append(["environment", "\(id) (\(name)), Python \(python)"])
      if let progress = run.progress { rows.append(["tests", progress.summary(now: run.state == .dead ? nil : now)]) }
      let expected = run.expectedWorkers ?? 0
      rows.append([
        "workers", expected > 0 ? "\(run.workers.count) of \(expected) ready" : "\(run.workers.count) ready",
      ])
    }
    return rows
  }

  /// What is said of a run that has died.
  static let dead = "dead; what it left is removed by the next run, or now: testmon-xdist cleanup"

  /// What a run is for, as its processes are called.
  static func what(_ kind: Holder.Kind) -> String {
    switch kind {
    case .pytest: "pytest"
    case .command: "testmon-xdist controller -- ..."
    case .held: "testmon-xdist controller"
    }
  }

  func workerRows(of run: StatusReport.CurrentRun) -> [[String]] {
    run.workers.map { [Printable.escape($0.id), "after \($0.readyAfterMilliseconds) ms", "pid \($0.pid)"] }
  }

  private var dataFileLines: [String] {
    let file = report.dataFile
    if !file.exists { return ["  none yet: \(Printable.escape(file.path))"] }
    if let problem = file.problem { return ["  \(Printable.escape(problem))"] }
    let version = file.dataVersion ?? 0
    let mode = file.journalMode ?? ""
    var rows = [
      ["path", Printable.escape(file.path)],
      ["size", "\(file.bytes ?? 0) bytes" + (file.logBytes.map { $0 > 0 ? ", and \($0) in its -wal" : "" } ?? "")],
      ["data version", "\(version), journal mode \(Printable.escape(mode))"],
      ["tests", "\(file.tests ?? 0)"],
    ]
    for environment in file.environments ?? [] {
      let kept = environment.keptSince.map { ", kept since \(TimeText.ago(since: $0, now: now)) ago" } ?? ""
      rows.append([
        "environment",
        "\(environment.id) (\(Printable.escape(environment.name))), Python \(Printable.escape(environment.pythonVersion)), "
          + "\(environment.packages) packages, \(environment.tests) tests\(kept)",
      ])
    }
    return Columns.lines(rows, indent: 2)
  }

  /// How many changed files are named.
  private static let filesShown = 10

  private func planLines(_ plan: StatusReport.Plan) -> [String] {
    var rows = [["choice", Printable.escape(plan.message)]]
    for (number, file) in plan.changedFiles.prefix(Self.filesShown).enumerated() {
      rows.append([
        number == 0 ? "changed" : "",
        "\(Printable.escape(file.file)): \(file.tests == 1 ? "1 test" : "\(file.tests) tests")",
      ])
    }
    let rest = plan.changedFiles.count - Self.filesShown
    if rest > 0 { rows.append(["", "and \(rest) more files"]) }
    // 0, 1, 2, 4, 8 ... and the one that is chosen.
    for one in plan.predictions
    where one.workers == plan.workers || one.workers & (one.workers - 1) == 0 {
      rows.append([
        "\(one.workers) \(one.workers == 1 ? "worker" : "workers")",
        Plan.text(one.seconds) + (one.workers == plan.workers ? ", the choice" : ""),
      ])
    }
    return Columns.lines(rows, indent: 2)
  }
}
