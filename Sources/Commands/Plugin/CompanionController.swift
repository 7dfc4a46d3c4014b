import CommandLine
import Coordination
import Glibc
import Planning
import Platform
import Settings
import Testmon
import Variables

/// `controller --companion`: the controller of a pytest that has the plugin.
///
/// Lines of JSON go to and fro. We say whether coordination is on; the plugin then writes its ``PytestReport`` to our
/// standard input, and is told what was prepared. The run lasts until our standard input ends or the pytest does. A last
/// line, a ``Farewell``, may tell the pytest's exit status.
struct CompanionController {
  private let context: Context

  init(_ context: Context) { self.context = context }

  func run() throws -> Int32 {
    guard context.settings.enabled.value else {
      noteThatPytestGoesOnAlone()
      try PluginAnswer(.off).send()
      return ExitStatus.done.rawValue
    }
    try ProcessIdentity.requireKnown()
    try PluginAnswer(.on, isDebugged: context.diagnostics.showsDebug).send()
    // While we wait for another run, a pytest that is killed takes us along.
    Signals.whenParentEnds(send: SIGTERM)
    let lines = LineReader(FileDescriptor(STDIN_FILENO))
    var facts: Facts
    do {
      facts = try lines.message(PytestReport.self).known()
    } catch {
      return try goOnWithout(error)
    }
    // What a wrapping controller was told.
    if facts.expectedWorkers > 0, let workers = context.environment[.workers].flatMap(Int.init) {
      facts.expectedWorkers = workers
    }
    guard let owner = ProcessIdentity(of: facts.ownerPID) else {
      throw CommandFailure(.usage, "the pytest that asked (pid \(facts.ownerPID)) is gone; start it again")
    }
    let run = try ControlledRun(context, kind: .pytest, owner: owner)
    // What a terminal's Ctrl-C tells, pytest decides on; from here on we end when it has.
    let signals: Signals
    let (marker, preparation): (Marker, Preparation)
    do {
      signals = try Signals([SIGTERM, SIGINT, SIGQUIT, SIGHUP])
      (marker, preparation) = try run.makeReady(facts)
    } catch {
      try? run.end(.failed)
      return try goOnWithout(CommandFailure(error))
    }
    let answer = PluginAnswer(
      .ready, environment: marker.environment,
      run: PluginAnswer.Run(
        runID: marker.runID, expectedWorkers: marker.expectedWorkers, created: preparation.created,
        pickedUpAgain: preparation.pickedUpAgain, marksTests: preparation.marksTests,
        adaptiveWorkers: context.settings.adaptiveWorkers.value, schedule: context.settings.schedule.value))
    let isHeard = (try? answer.send()) != nil

    do {
      try wait(for: owner, run, Reasons(preparation, marker.environment, facts), lines, signals, isHeard: isHeard)
    } catch {
      // Nobody reads answers any more.
      let failure = CommandFailure(error)
      context.diagnostics.error(failure.message)
      return failure.status.rawValue
    }
    return ExitStatus.done.rawValue
  }

  /// Waits for the end of the pytest, unless that didn't get our last answer, and ends its run.
  private func wait(
    for owner: ProcessIdentity, _ run: ControlledRun, _ reasons: Reasons, _ lines: LineReader, _ signals: Signals,
    isHeard: Bool
  ) throws {
    var reasons = reasons
    let loop = EventLoop()
    var farewell: Farewell?
    var chosenWorkers: Int?
    run.watchWorkers(in: loop)
    loop.watch(lines.input) {
      guard let line = lines.next() else { return loop.stop() }
      if let request = JSON.decode(PlanRequest.self, from: line) {
        chosenWorkers = try plan(request.work, run, reasons)
      } else if let message = JSON.decode(SelectionMessage.self, from: line) {
        try PluginAnswer(.explained, message: Printable.escape(reasons.explain(message.selection))).send()
      } else if let last = JSON.decode(Farewell.self, from: line) {
        farewell = last
      } else {
        // It may wait for an answer.
        try PluginAnswer(.error, message: "what the pytest plugin says isn't understood; reinstall testmon-xdist")
          .send()
      }
    }
    // A process that pytest forked may keep the pipe open after it.
    let handle = owner.open()
    if let handle { loop.watch(handle.descriptor) { loop.stop() } }
    loop.watch(signals.descriptor) {
      while let signal = signals.next() {
        if signal.number == SIGTERM { loop.stop() }
      }
    }
    do {
      if isHeard { try loop.run() }
    } catch {
      try? run.end(.failed)
      throw error
    }
    let status = farewell?.exitStatus.map { "status \($0)" } ?? "no status"
    context.diagnostics.debug(farewell == nil ? "pytest is gone" : "pytest says farewell, \(status)")
    guard let farewell else {
      // A test may have ended this pytest, in whose own process it ran: the next run is to have a worker for it.
      let measured = chosenWorkers == 0 ? MeasuredRun(processes: [], recording: 0, hasCrashed: true) : nil
      return try run.end(.died, measured.map { RunReport(measured: $0) })
    }
    // A pytest that runs no tests tells nothing of them.
    guard farewell.exitStatus != nil else { return try run.end(.finished) }
    let told = report(farewell, run, reasons)
    try run.end(farewell.interrupted ? .interrupted : .finished, exitStatus: farewell.exitStatus, told)
    if let tests = told.tests { StepSummary(context).add(tests, savedSeconds: told.savedSeconds) }
  }

  private func report(_ farewell: Farewell, _ run: ControlledRun, _ reasons: Reasons) -> RunReport {
    var report = RunReport(measured: farewell.measuredRun)
    guard var tests = farewell.ran else { return report }
    tests.causes = reasons.fillIn(tests.causes)
    report.tests = tests
    // Where there is nothing to be saved nothing needs to be looked up.
    if tests.notNeeded.tests > 0 {
      report.savedSeconds = tests.savedSeconds(
        workers: run.readyWorkers, run.measuredRuns(), on: Machine(cores: Resources.processors(), freeMemory: nil))
    }
    return report
  }

  /// Tells the plugin how many workers are worth their start.
  /// - Returns: how many; nil: as many as xdist would start.
  private func plan(_ work: Work, _ run: ControlledRun, _ reasons: Reasons) throws -> Int? {
    let plan = Plan(
      work, run.measuredRuns(), on: Machine(cores: Resources.processors(), freeMemory: Resources.freeMemory()))
    if let workers = plan.workers { try run.expect(workers: workers) }
    for one in plan.predictions {
      context.diagnostics.debug("\(one.workers) workers: \(Plan.text(one.seconds))")
    }
    let answer = PluginAnswer.Plan(workers: plan.workers, message: reasons.message(of: plan))
    try PluginAnswer(.planned, plan: answer).send()
    return plan.workers
  }

  /// For a command around it, which would look for the cause.
  private func noteThatPytestGoesOnAlone() {
    if context.outerRunID != nil { try? RunFolder.open(in: context.project.rootdir)?.noteThatPytestGoesOnAlone() }
  }

  /// Lets pytest go on without us where that can be, and the settings say so.
  private func goOnWithout(_ failure: CommandFailure) throws(CommandFailure) -> Int32 {
    guard context.mayGoOn(without: failure) else { throw failure }
    noteThatPytestGoesOnAlone()
    try PluginAnswer(.newer, message: failure.printable).send()
    return ExitStatus.done.rawValue
  }
}
