import CommandLine
import Coordination
import Glibc
import Platform
import Settings

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
    var shown: StatusReport?
    repeat {
      // Watching begins before looking: then a change between the two ends the wait.
      let change = options.watch ? try watchForChange() : nil
      let report = try look()
      if report != shown {
        guard try tell(report) else { break }
        shown = report
      }
      try change?.run()
    } while options.watch
    return (shown?.dataFile.problem == nil ? ExitStatus.done : .dataFile).rawValue
  }

  private func look() throws -> StatusReport {
    var report = try StatusReport(context, history: options.history)
    if let why = options.why { report.why = try StatusReport.Why(context, why, report.dataFile.path) }
    if options.plan { report.plan = try StatusReport.Plan(context, python: options.python) }
    return report
  }

  /// - Returns: whether anybody still reads.
  private func tell(_ report: StatusReport) throws -> Bool {
    // With --watch each report is one line: programs that follow a stream read it so.
    if options.json { return try Results.show(report, pretty: !options.watch) }
    let style = Style(color, isTerminal: Output.standard.isTerminal, environment: context.environment)
    return try Results.show(
      StatusText(report, style, now: WallClock.now()).lines.map { $0 + "\n" }.joined() + (options.watch ? "\n" : ""))
  }

  /// Ends when something has happened in the run's folder or beside it, or the holder has ended.
  private func watchForChange() throws -> EventLoop {
    let rootdir = context.project.rootdir
    let loop = EventLoop()
    let watches = [rootdir, RunFolder.path(in: rootdir)].compactMap { try? DirectoryWatch($0) }
    for watch in watches { loop.watch(watch.descriptor) { loop.stop() } }
    let holder = try RunFolder.open(in: rootdir)?.holder()
    let process = holder?.controller.open()
    if let process { loop.watch(process.descriptor) { loop.stop() } }
    // No event tells of the end of a holder in another container, or without /proc.
    let holderCanEndUnseen = holder != nil && process == nil
    if watches.isEmpty || holderCanEndUnseen || FileSystemKind(of: rootdir) != .local {
      loop.at(.now().advanced(by: context.settings.maxInterval.value)) { loop.stop() }
    }
    return loop
  }
}
