import CommandLine
import Coordination
import Platform

/// What `status --watch` says where nothing can be redrawn: a line for each change from one report to the next.
struct WatchChanges {
  let before: StatusReport
  let after: StatusReport

  var lines: [String] {
    guard let run = after.run else {
      return before.run.map { ["\(name($0)) has ended"] } ?? dataFileLines
    }
    guard let earlier = before.run, earlier.id == run.id else {
      let ended = before.run.map { ["\(name($0)) has ended"] } ?? []
      return ended + ["\(name(run)) has begun\(held(run))"] + changes(from: nil, to: run) + dataFileLines
    }
    return changes(from: earlier, to: run) + dataFileLines
  }

  private func changes(from old: StatusReport.CurrentRun?, to new: StatusReport.CurrentRun) -> [String] {
    var lines: [String] = []
    if new.state != old?.state {
      switch new.state {
      case .dead: lines.append("\(name(new)) is \(StatusText.dead)")
      case .ready: lines.append("data ready\(environment(new))")
      case .preparing: if old != nil { lines.append("data not ready any more") }
      }
    } else if new.environmentID != old?.environmentID {
      lines.append("data ready\(environment(new))")
    }
    let known = Set(old?.workers.map(\.id) ?? [])
    for worker in new.workers where !known.contains(worker.id) {
      lines.append("worker \(Printable.escape(worker.id)) ready after \(worker.readyAfterMilliseconds) ms")
    }
    if let progress = new.progress, new.state != .dead, isNews(progress, after: old?.progress) {
      lines.append("tests: \(progress.summary(now: progress.timestamp))")
    }
    return lines
  }

  /// Whether a whole percent more of the tests is done, or another one has failed: thousands of lines would help nobody.
  private func isNews(_ new: TestProgress, after old: TestProgress?) -> Bool {
    guard let old, old.tests.selected == new.tests.selected else { return true }
    return percent(new) != percent(old) || new.tests.failed != old.tests.failed
  }

  private func percent(_ progress: TestProgress) -> Int { Int(progress.share * 100) }

  private var dataFileLines: [String] {
    guard after.dataFile.problem != before.dataFile.problem else { return [] }
    return ["data file: \(after.dataFile.problem.map(Printable.escape) ?? "in order again")"]
  }

  private func name(_ run: StatusReport.CurrentRun) -> String { "run \(Printable.escape(run.id ?? "of unknown name"))" }

  private func held(_ run: StatusReport.CurrentRun) -> String {
    guard let kind = run.kind, let owner = run.owner else { return "" }
    return ", held by \(StatusText.what(kind)) (pid \(owner.pid))"
  }

  private func environment(_ run: StatusReport.CurrentRun) -> String {
    run.environmentID.map { ": environment \($0) (\(Printable.escape(run.environmentName ?? "")))" } ?? ""
  }
}
