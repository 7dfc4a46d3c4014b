import CommandLine
import Coordination
import Glibc
import Platform
import Settings
import Text
import Variables

/// `controller -- COMMAND`: a run for a command, whose pytests get the embedded plugin.
struct WrappingController {
  private let command: [String]
  private let options: ControllerOptions
  private let context: Context

  init(_ command: [String], _ options: ControllerOptions, _ context: Context) {
    self.command = command
    self.options = options
    self.context = context
  }

  /// Runs a command as if it weren't wrapped, where the path of the current folder is no text.
  static func runUncoordinated(_ command: [String], _ common: CommonOptions) throws -> Int32 {
    Diagnostics(common, CurrentProcess.environment).warning(
      "\(CommandFailure.pathIsNoText.message); the command runs without coordination")
    return try CommandProcess(command, environment: [:]).run().end.shellStatus
  }

  func run() throws -> Int32 {
    let plugin = try PluginFolder(outside: context.project.rootdir, environment: context.environment)
    defer { plugin.remove() }
    var variables = plugin.variables(environment: context.environment)
    variables.merge(handedDown) { _, ours in ours }
    // Inside another wrapped command, or a run that is held open, COMMAND is part of that run.
    let outer = try RunFolder.open(in: context.project.rootdir)?.wholeHolder(
      around: ProcessIdentity.ancestors(), named: context.outerRunID)
    if let outer, outer.kind != .pytest {
      variables[.runID] = outer.runID
      return try CommandProcess(command, environment: variables).run().end.shellStatus
    }
    // Whatever an earlier run has left in this shell: a pytest below would store nothing.
    let left: [EnvironmentVariable] = [.workerID, .environmentID, .dataVersion, .rootdir, .environmentName, .workers]
    for name in left where variables[name] == nil { variables[name] = .some(nil) }
    let own = try ProcessIdentity.own()
    let facts = try factsBeforehand()
    let run = try ControlledRun(context, kind: .command, owner: own)
    let result: CommandProcess.Result
    do {
      // From here on a signal doesn't end us, so that what we made is removed in the end.
      variables[.runID] = run.id
      let process = try CommandProcess(command, environment: variables)
      if let facts {
        do {
          try makeReady(run, facts)
        } catch {
          guard let signal = process.interruption() else { throw error }
          context.diagnostics.error(CommandFailure(error).message)
          try? run.end(.interrupted)
          return ChildProcess.End.signaled(signal).shellStatus
        }
      }
      run.letPytestsJoin()
      context.diagnostics.debug("starting \(command.joined(separator: " "))")
      let uncoordinated = UncoordinatedPytest(
        command, environment: context.environment, dataFile: facts?.databasePath ?? context.project.dataFile)
      result = try process.run(preparing: run.watchWorkers)
      if !run.hasBeenUsed, let warning = uncoordinated.warning(status: result.end.shellStatus) {
        context.diagnostics.warning(warning)
      }
    } catch {
      try? run.end(.failed)
      throw error
    }
    let status = result.end.shellStatus
    context.diagnostics.debug("the command ended with status \(status)")
    do {
      try run.end(result.wasInterrupted && status != 0 ? .interrupted : .finished, exitStatus: status)
    } catch {
      // The command's status is the one that counts.
      context.diagnostics.error(CommandFailure(error).message)
    }
    return status
  }

  /// What this command's options say, for the controllers of the pytests below.
  private var handedDown: [String: String?] {
    var settings = [Settings.enabled.variable: "true"]
    if let timeout = options.timeout { settings[Settings.workerTimeout.variable] = DecimalText.text(timeout) }
    if context.settings.debug.value { settings[Settings.debug.variable] = "true" }
    var variables: [String: String?] = settings.mapValues { $0 }
    variables[.added] = PluginFolder.added(settings.keys.sorted(), to: context.environment)
    variables[.config] = context.configFile
    variables[.quiet] = context.diagnostics.isQuiet ? "true" : nil
    // Below another command of ours that command's say goes on where this one says nothing.
    if let environment = options.environment { variables[.environmentName] = environment }
    if let workers = options.workers { variables[.workers] = String(workers) }
    return variables
  }

  /// The facts, to prepare the data before the command starts. Nil where the command is pytest, whose plugin knows better
  /// which environment its options mean, and where the command's Python isn't known (tox, make): then the first pytest
  /// below has the data prepared.
  private func factsBeforehand() throws(CommandFailure) -> Facts? {
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

  private func makeReady(_ run: ControlledRun, _ facts: Facts) throws {
    do {
      _ = try run.makeReady(facts)
    } catch {
      guard goesOn(without: CommandFailure(error)) else { throw error }
    }
  }

  /// Whether the command is to run without coordination; says so then.
  private func goesOn(without failure: CommandFailure) -> Bool {
    guard context.mayGoOn(without: failure) else { return false }
    context.diagnostics.warning("\(failure.message); the command runs without coordination")
    return true
  }
}
