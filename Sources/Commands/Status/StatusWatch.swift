import CommandLine
import Coordination
import Glibc
import Platform
import Settings

/// `status --watch`: shows every change until it is interrupted, or nobody sees it any more.
struct StatusWatch {
  private let options: StatusOptions
  private let style: Style
  private let context: Context
  /// nil where nothing can be redrawn in place.
  private let screen: Screen?
  private let folders: DirectoryWatch?
  private let signals: Signals
  /// Whoever reads our output, where that is a pipe: tells of its end.
  private let reader: FileDescriptor?

  init(_ options: StatusOptions, _ style: Style, _ context: Context) throws {
    self.options = options
    self.style = style
    self.context = context
    let output = Output.standard
    let isScreen =
      !options.json && output.isTerminal && !["dumb", "", nil].contains(context.environment["TERM"])
      && Terminal.isForeground(output.descriptor)
    screen = isScreen ? Screen(output) : nil
    folders = try? DirectoryWatch(context.project.rootdir)
    reader = output.isPipe ? FileDescriptor(dup(output.descriptor)) : nil
    signals = try Signals([SIGINT, SIGTERM, SIGHUP, SIGQUIT] + (isScreen ? [SIGWINCH, SIGTSTP, SIGCONT] : []))
  }

  /// - Returns: what was shown last.
  func run() throws -> StatusReport {
    var shown: StatusReport?
    while true {
      // Watching begins before looking: then a change between the two ends the wait.
      try? folders?.add(RunFolder.path(in: context.project.rootdir), alsoWritten: true)
      let holders = holders()
      let report: StatusReport
      do {
        report = try StatusReport(context, history: options.history, after: shown)
      } catch {
        screen?.end()
        throw error
      }
      if try report != shown && !show(report, after: shown) { return report }
      shown = report
      if try isOver(report, holders) {
        screen?.end()
        if screen != nil { try Results.show(StatusText(report, style, now: WallClock.now()).text) }
        return report
      }
    }
  }

  /// The shortest time from one look to the next, in seconds: a thousand tests may end in one.
  private static let pause = 0.05

  /// - Returns: whether anybody still sees it.
  private func show(_ report: StatusReport, after earlier: StatusReport?) throws -> Bool {
    if let screen { return draw(report, on: screen) }
    // Each report is one line: programs that follow a stream read it so.
    if options.json { return try Results.show(report, pretty: false) }
    let now = WallClock.now()
    guard let earlier else { return try Results.show(StatusText(report, style, now: now).text + "\n") }
    let lines = WatchChanges(before: earlier, after: report).lines
    return try lines.isEmpty || Results.show(lines.map { "\(TimeText.clock(now)) \($0)\n" }.joined())
  }

  private func draw(_ report: StatusReport, on screen: Screen) -> Bool {
    // In the background the shell has the terminal.
    guard Terminal.isForeground(STDOUT_FILENO) else { return true }
    let size = Terminal.size(STDOUT_FILENO)
    return screen.draw(WatchFrame(report: report, style: style, now: WallClock.now(), size: size).lines)
  }

  /// Waits until something has happened in the run's folder or beside it, or one of the run's processes has ended.
  /// - Returns: whether it is time to end.
  private func isOver(_ report: StatusReport, _ holders: (processes: [ProcessHandle], areAll: Bool)) throws -> Bool {
    let loop = EventLoop()
    var isOver = false
    loop.watch(signals.descriptor) {
      while let signal = signals.next() {
        switch signal.number {
        case SIGWINCH, SIGCONT: break
        case SIGTSTP:
          screen?.end()
          Terminal.suspend()
        default:
          isOver = true
          return loop.stop()
        }
        if let screen { _ = draw(report, on: screen) }
      }
    }
    if let reader {
      loop.watch(reader) {
        isOver = true
        loop.stop()
      }
    }
    if let folders {
      let next = Instant.now().advanced(by: Self.pause)
      loop.watch(folders.descriptor) {
        loop.unwatch(folders.descriptor)
        loop.at(next) {
          folders.drain()
          loop.stop()
        }
      }
    }
    for process in holders.processes { loop.watch(process.descriptor) { loop.stop() } }
    if folders == nil || !holders.areAll || FileSystemKind(of: context.project.rootdir) != .local {
      loop.at(.now().advanced(by: context.settings.maxInterval.value)) { loop.stop() }
    }
    if let screen, report.run?.state == .ready { keepTime(report, on: screen, in: loop) }
    try loop.run()
    return isOver
  }

  /// Draws anew each second: what is left, and how long ago it began.
  private func keepTime(_ report: StatusReport, on screen: Screen, in loop: EventLoop) {
    loop.at(.now().advanced(by: 1)) {
      _ = draw(report, on: screen)
      keepTime(report, on: screen, in: loop)
    }
  }

  /// The processes that hold the run; not all where one may end without an event: in another container, or without /proc.
  private func holders() -> (processes: [ProcessHandle], areAll: Bool) {
    guard let holders = try? RunFolder.open(in: context.project.rootdir)?.holders() ?? [] else { return ([], false) }
    let processes = holders.compactMap { $0?.controller.open() }
    return (processes, processes.count == holders.count)
  }
}
