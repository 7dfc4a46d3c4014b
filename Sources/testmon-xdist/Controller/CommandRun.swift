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
    // Wrapped once already: the outer run is the one.
    if let outer = context.outerRunID, try RunFolder.open(in: context.project.rootdir)?.isLive(asRun: outer) == true {
      return try CommandProcess(command, environment: variables).run().shellStatus
    }
    let own = try ProcessIdentity.own()
    let facts = try factsBeforehand()
    let session = try Session(context, kind: .command, owner: own)
    do {
      // From here on a signal must not end us before what we made is removed.
      variables["TESTMON_XDIST_RUN_ID"] = session.run.id
      let process = try CommandProcess(command, environment: variables)
      if let facts { try makeReady(session, facts) }
      let end = try process.run(preparing: session.watchWorkers)
      try session.end(outcome(of: end), exitStatus: end.shellStatus)
      return end.shellStatus
    } catch {
      try? session.end(.failed)
      throw error
    }
  }

  /// What our options say, for the controllers of the pytests below.
  private var handedDown: [String: String?] {
    var settings = ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true"]
    if let timeout = options.timeout { settings["TESTMON_XDIST_WORKER_TIMEOUT"] = DecimalText.text(timeout) }
    if context.settings.debug.value { settings["TESTMON_XDIST_DEBUG"] = "true" }
    var variables: [String: String?] = settings.mapValues { $0 }
    variables["TESTMON_XDIST_ADDED"] = PluginFolder.added(settings.keys.sorted(), to: context.environment)
    variables["TESTMON_XDIST_CONFIG"] = context.configFile
    variables["TESTMON_XDIST_ENVIRONMENT"] = options.environment
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

  private func outcome(of end: ChildProcess.End) -> SessionHistory.Outcome {
    switch end {
    case .signaled: .interrupted
    // pytest's own: 2 is "interrupted by the user".
    case .exited(let status): status == 2 && PythonEnvironment.isPytest(command) ? .interrupted : .finished
    }
  }
}
