import CommandLine
import Coordination
import Platform

/// `testmon-xdist status`: the run, the data file, and past runs.
struct StatusCommand {
  private let options: StatusOptions
  private let color: ColorChoice
  private let context: Context

  init(_ options: StatusOptions, color: ColorChoice, _ context: Context) {
    self.options = options
    self.color = color
    self.context = context
  }

  func run() throws -> Int32 {
    let report: StatusReport
    if options.watch {
      report = try StatusWatch(options, style, context).run()
    } else {
      report = try look()
      if options.json {
        try Results.show(report)
      } else {
        try Results.show(StatusText(report, style, now: WallClock.now()).text)
      }
    }
    return (report.dataFile.problem == nil ? ExitStatus.done : .dataFile).rawValue
  }

  private var style: Style { Style(color, isTerminal: Output.standard.isTerminal, environment: context.environment) }

  private func look() throws -> StatusReport {
    var report = try StatusReport(context, history: options.history)
    if let why = options.why { report.why = try StatusReport.Why(context, why, report.dataFile.path) }
    if options.plan { report.plan = try StatusReport.Plan(context, python: options.python) }
    if options.settings { report.settings = StatusReport.settings(context) }
    return report
  }
}
