import CommandLine
import Platform

/// `testmon-xdist doctor`: runs every check, tells what was found, and with `--fix` does the safe part of it.
struct DoctorCommand {
  /// All checks, in the order in which an answer helps to understand the next; last what does what a run would do.
  static let checks: [any Check] =
    settingsChecks + setupChecks + versionChecks + runChecks + dataChecks + fileSystemChecks + ciChecks
    + [RehearsalCheck()]

  private static let settingsChecks: [any Check] = [
    SettingsCheck(), ShadowedSettingsCheck(), EnabledCheck(), RunVariablesCheck(), ExecutableVariableCheck(),
  ]
  private static let setupChecks: [any Check] = [
    PythonCheck(), PackagesCheck(), VirtualEnvironmentCheck(), PytestCommandCheck(), PluginCheck(),
    PluginFilesCheck(), PluginVersionCheck(), ExecutableCheck(), AutoloadCheck(), PluginBlockedCheck(),
    TestmonBlockedCheck(), XdistBlockedCheck(), PytestOptionsCheck(), ConftestCheck(), PytestStartCheck(),
    TestmonOffCheck(), RootdirCheck(),
  ]
  private static let versionChecks: [any Check] = [
    PythonVersionCheck(), PytestVersionCheck(), TestmonVersionCheck(), XdistVersionCheck(), CoreCheck(),
    BranchCoverageCheck(), EnvironmentNameCheck(),
  ]
  private static let runChecks: [any Check] = [
    RunFolderCheck(), LeftoversCheck(), ForeignFilesCheck(), RunLockCheck(), HeldRunCheck(), MarkerCheck(),
  ]
  private static let dataChecks: [any Check] = [
    DataFolderCheck(), DataFileCheck(), DataTablesCheck(), DataVersionCheck(), DataWritableCheck(), DataLockCheck(),
    DataJournalCheck(), DataLogCheck(), DataRemainsCheck(), DataIntegrityCheck(), DataSizeCheck(),
    DataEnvironmentsCheck(), DataTrackedCheck(), HistoryCheck(),
  ]
  private static let fileSystemChecks: [any Check] = [
    ProcCheck(), FileSystemCheck(), ProjectFolderCheck(), CacheFolderCheck(), DiskSpaceCheck(),
    TemporaryFolderCheck(), InotifyCheck(), OpenFilesCheck(), ProcessesCheck(), FileSizeCheck(),
  ]
  private static let ciChecks: [any Check] = [StaleCacheCheck()]

  private let options: DoctorOptions
  private let common: CommonOptions

  init(_ options: DoctorOptions, _ common: CommonOptions) {
    self.options = options
    self.common = common
  }

  func run() throws -> Int32 {
    let environment = CurrentProcess.environment
    let context = try CheckContext(common, python: options.python, environment: environment)
    let lines = Self.checks.flatMap { check in
      let findings = check.run(in: context)
      context.told += findings.map { (check.group, $0) }
      return findings.map { DoctorReport.Line(check, $0, fix: options.fix) }
    }
    let report = DoctorReport(context, Self.checks, lines)
    if options.json {
      try Results.show(report)
    } else {
      let style = Style(common.color, isTerminal: Output.standard.isTerminal, environment: environment)
      let text = DoctorText(style: style, showsGood: common.debug, isQuiet: common.quiet)
      try Results.show(text.render(report))
    }
    return (report.isHealthy ? ExitStatus.done : .problemFound).rawValue
  }
}
