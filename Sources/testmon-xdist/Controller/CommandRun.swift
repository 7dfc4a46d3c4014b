import CommandLine
import Coordination
import Glibc
import Platform
import Settings
import Text

/// `controller -- COMMAND`: a run for a command, whose pytests get the embedded plugin.
struct CommandRun {
  private let command: [String]
  private let options: ControllerOptions
  private let context: Context

  init(_ command: [String], _ options: ControllerOptions, _ context: Context) {
    self.command = command
    self.options = options
    self.context = context
  }

  func run() throws -> Int32 {
    let plugin = try PluginFolder(outside: context.project.rootdir, environment: context.environment)
    defer { plugin.remove() }
    var variables = plugin.variables(environment: context.environment)
    variables.merge(handedDown) { _, ours in ours }
    // Wrapped once already, or beside a run that is held open: that is the one.
    let outer = try RunFolder.open(in: context.project.rootdir)?.wholeHolder(
      around: ProcessIdentity.ancestors(), named: context.outerRunID)
    if let outer, outer.kind != .pytest {
      variables["TESTMON_XDIST_RUN_ID"] = outer.runID
      return try CommandProcess(command, environment: variables).run().end.shellStatus
    }
    let own = try ProcessIdentity.own()
    let facts = try factsBeforehand()
    let session = try Session(context, kind: .command, owner: own)
    let result: CommandProcess.Result
    do {
      // From here on a signal must not end us before what we made is removed.
      variables["TESTMON_XDIST_RUN_ID"] = session.run.id
      let process = try CommandProcess(command, environment: variables)
      if let facts {
        do {
          try makeReady(session, facts)
        } catch {
          guard let signal = process.interruption() else { throw error }
          context.diagnostics.error(Failure(error).message)
          try? session.end(.interrupted)
          return 128 + signal
        }
      }
      session.letPytestsJoin()
      result = try process.run(preparing: session.watchWorkers)
    } catch {
      try? session.end(.failed)
      throw error
    }
    let status = result.end.shellStatus
    do {
      try session.end(result.wasInterrupted && status != 0 ? .interrupted : .finished, exitStatus: status)
    } catch {
      // The command's status is the one that counts.
      context.diagnostics.error(Failure(error).message)
    }
    return status
  }

  /// What our options say, for the controllers of the pytests below.
  private var handedDown: [String: String?] {
    var settings = [Settings.enabled.variable: "true"]
    if let timeout = options.timeout { settings[Settings.workerTimeout.variable] = DecimalText.text(timeout) }
    if context.settings.debug.value { settings[Settings.debug.variable] = "true" }
    var variables: [String: String?] = settings.mapValues { $0 }
    variables["TESTMON_XDIST_ADDED"] = PluginFolder.added(settings.keys.sorted(), to: context.environment)
    variables["TESTMON_XDIST_CONFIG"] = context.configFile
    variables["TESTMON_XDIST_ENVIRONMENT"] = options.environment
    variables["TESTMON_XDIST_QUIET"] = context.diagnostics.isQuiet ? "true" : nil
    variables["TESTMON_XDIST_WORKERS"] = options.workers.map(String.init)
    return variables
  }

  /// What is needed to prepare the data before the command starts, unless the command is pytest: then its plugin tells,
  /// and knows better which environment its options mean. Where the command's Python can't be told (tox, make), a pytest
  /// below tells, too.
  private func factsBeforehand() throws(Failure) -> Facts? {
    if options.python == nil && PythonEnvironment.isPytest(command) { return nil }
    do {
      return try context.facts(options)
    } catch {
      if goesOn(without: error) { return nil }
      guard options.python == nil && error.status == .usage else { throw error }
      context.diagnostics.debug("nothing is prepared before the command starts: \(error.message)")
      return nil
    }
  }

  private func makeReady(_ session: Session, _ facts: Facts) throws {
    do {
      _ = try session.makeReady(facts)
    } catch {
      guard goesOn(without: Failure(error)) else { throw error }
    }
  }

  /// Says so where the command is to run without coordination.
  private func goesOn(without failure: Failure) -> Bool {
    guard context.mayGoOn(without: failure) else { return false }
    context.diagnostics.warning("\(failure.message); the command runs without coordination")
    return true
  }
}
