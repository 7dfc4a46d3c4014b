import CommandLine
import Coordination
import Glibc
import Platform
import Settings
import Variables

/// What every command works with.
struct Context {
  let project: Project
  let settings: Settings
  let environment: [String: String]
  let diagnostics: Diagnostics
  /// What options set.
  let flags: FlagOverrides
  /// The file that replaces the project's settings, by `--config` or from a wrapping controller; absolute.
  let configFile: String?

  /// - Parameter role: of this process, for debug lines.
  init(_ common: CommonOptions, _ flags: FlagOverrides, _ environment: [String: String], role: String) throws {
    self.environment = environment
    self.flags = flags
    project = try Project.find(given: common.rootdir, from: WorkingFolder.path(), environment: environment)
    let current = try WorkingFolder.path()
    configFile = (common.config ?? environment[.config]).map { Path.absolute($0, in: current) }
    settings = try Settings.load(
      rootdir: project.rootdir, configFile: configFile, environment: environment, flags: flags)
    diagnostics = Diagnostics(common, environment, debug: settings.debug.value, role: role)
    diagnostics.debug("testmon-xdist \(version) in \(project.rootdir)")
  }

  /// Tells what is done to the files of a run, where debug lines are shown.
  var folderObserver: FolderObserver? {
    diagnostics.showsDebug ? { [diagnostics] in diagnostics.debug("\($0)") } : nil
  }

  /// The id of the run that this process was started in, if any.
  var outerRunID: String? { environment.nonEmpty(.runID) }

  var polling: MarkerWait.Polling {
    MarkerWait.Polling(
      interval: settings.checkInterval.value, factor: settings.backoffFactor.value, maximum: settings.maxInterval.value)
  }

  /// Whether pytest or COMMAND is to run without coordination after this failure: the settings decide.
  func mayGoOn(without failure: CommandFailure) -> Bool { failure.isNewerTestmon && !settings.stopOnNewer.value }
}

extension ProcessIdentity {
  /// For commands that must know whether the processes of a run are alive.
  static func requireKnown() throws(CommandFailure) {
    if !canBeKnown { throw CommandFailure(.coordination, "\(ProcCheck.missing); \(ProcCheck.next)") }
  }
}

extension Diagnostics {
  init(
    _ common: CommonOptions, _ environment: [String: String], debug: Bool? = nil, role: String = CommandTable.program
  ) {
    let style = Style(common.color, isTerminal: Output.error.isTerminal, environment: environment)
    // A wrapping controller's --quiet holds for those below it.
    let quiet = common.quiet || environment[.quiet] != nil
    self.init(style: style, debug: debug ?? common.debug, quiet: quiet, role: role)
  }
}
