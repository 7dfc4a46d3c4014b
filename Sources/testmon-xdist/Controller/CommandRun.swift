import CommandLine
import Coordination
import Glibc
import Platform

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
    guard let own = ProcessIdentity(of: getpid()) else {
      throw Failure(.bug, "/proc can't be read; it must be mounted")
    }
    let session = try Session(context, kind: .command, owner: own)
    let plugin: PluginFolder
    do {
      plugin = try PluginFolder(outside: context.project.rootdir, environment: context.environment)
      try makeReady(session)
    } catch {
      try? session.end(.failed)
      throw error
    }
    defer { plugin.remove() }
    var variables = plugin.variables(environment: context.environment)
    variables["TESTMON_XDIST_CONTROLLER_PRECREATION"] = "true"
    variables["TESTMON_XDIST_RUN_ID"] = session.run.id
    let end: ChildProcess.End
    do {
      end = try CommandProcess(command, environment: variables).run(preparing: session.watchWorkers)
    } catch {
      try? session.end(.failed)
      throw error
    }
    let status = end.shellStatus
    try session.end(end == .signaled(SIGINT) || status == 2 ? .interrupted : .finished, exitStatus: status)
    return status
  }

  /// Prepares the data before the command starts, unless the command is pytest: then its plugin does, and knows better
  /// which environment its options mean. Where the command's Python can't be told (tox, make), a pytest below does too.
  private func makeReady(_ session: Session) throws {
    if options.python == nil && PythonEnvironment.isPytest(command) { return }
    do {
      let facts = try context.facts(options)
      session.historyFolder = facts.historyFolder
      _ = try session.makeReady(facts)
    } catch let failure as Failure where options.python == nil && failure.status == .usage {
      context.diagnostics.debug("nothing prepared before the command starts: \(failure.message)")
    }
  }
}
