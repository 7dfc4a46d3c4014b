import CommandLine
import Coordination
import Glibc
import Platform
import Settings
import Testmon
import Text
import Variables

/// `testmon-xdist worker ID`: waits until a live run has made the data ready, acknowledges, and tells what it learned
/// or runs a command with it.
struct WorkerCommand {
  private let options: WorkerOptions
  private let context: Context

  init(_ options: WorkerOptions, _ context: Context) {
    self.options = options
    self.context = context
  }

  func run() throws -> Int32 {
    try ProcessIdentity.requireKnown()
    let began = Instant.now()
    // The variable limits which run to wait for. Not below `worker ID -- COMMAND`, which only passes on what it found.
    let runID = context.environment[.workerID] == nil ? context.outerRunID : nil
    let (folder, marker) = try MarkerWait(rootdir: context.project.rootdir, runID: runID, polling: context.polling)
      .run(timeout: context.settings.workerTimeout.value)
    _ = try DataFile.verify(
      at: marker.databasePath, dataVersion: marker.dataVersion, environmentID: marker.environmentID)
    let waited = ((Instant.now().seconds - began.seconds) * 1e6).rounded() / 1000
    try folder.write(
      Acknowledgement(
        runID: marker.runID, workerID: options.id, pid: options.command == nil ? getppid() : getpid(),
        timestamp: WallClock.now(), waitedMilliseconds: waited))
    context.diagnostics.debug("acknowledged run \(marker.runID) as worker \(options.id)")
    guard let command = options.command else { return try tell(marker, waited) }

    let plugin = try PluginFolder(outside: context.project.rootdir, environment: context.environment)
    defer { plugin.remove() }
    var environment = plugin.variables(environment: context.environment)
    for (name, value) in variables(marker) { environment[name] = value }
    if marker.isEnvironmentGiven == true { environment[.environmentName] = marker.environmentName }
    environment[.added] = PluginFolder.added([EnvironmentVariable.dataFile.rawValue], to: context.environment)
    return try CommandProcess(command, environment: environment).run().end.shellStatus
  }

  /// What a command is told, or a shell that evaluates `--export`.
  private func variables(_ marker: Marker) -> [(EnvironmentVariable, String)] {
    [
      (.runID, marker.runID),
      (.workerID, options.id),
      (.environmentID, "\(marker.environmentID)"),
      (.dataVersion, "\(marker.dataVersion)"),
      (.rootdir, context.project.rootdir),
      (.dataFile, marker.databasePath),
    ]
  }

  private struct Report: Encodable {
    let schema = 1
    let runID: String
    let workerID: String
    let environmentID: Int64
    let environmentName: String
    let pythonVersion: String
    let packagesChanged: Bool
    let databasePath: String
    let dataVersion: Int
    let waitedMilliseconds: Double

    enum CodingKeys: String, CodingKey {
      case schema
      case runID = "run_id"
      case workerID = "worker_id"
      case environmentID = "environment_id"
      case environmentName = "environment_name"
      case pythonVersion = "python_version"
      case packagesChanged = "packages_changed"
      case databasePath = "database_path"
      case dataVersion = "data_version"
      case waitedMilliseconds = "waited_ms"
    }
  }

  private func tell(_ marker: Marker, _ waited: Double) throws -> Int32 {
    switch options.output {
    case .json:
      let report = Report(
        runID: marker.runID, workerID: options.id, environmentID: marker.environmentID,
        environmentName: marker.environmentName, pythonVersion: marker.pythonVersion,
        packagesChanged: marker.packagesChanged, databasePath: marker.databasePath, dataVersion: marker.dataVersion,
        waitedMilliseconds: waited)
      try Results.show(report)
    case .export:
      let lines = variables(marker).map { "export \($0)=\(ShellWord.quote($1))\n" }
      try Results.show(lines.joined())
    case .human:
      let rows = [
        ["run", Printable.escape(marker.runID)],
        ["environment", "\(marker.environmentID) (\(Printable.escape(marker.environmentName)))"],
        ["python", Printable.escape(marker.pythonVersion)],
        ["packages changed", marker.packagesChanged ? "yes" : "no"],
        ["data file", Printable.escape(marker.databasePath)],
        ["data version", "\(marker.dataVersion)"],
        ["waited", "\(Int(waited.clampedToInt.rounded())) ms"],
      ]
      try Results.show(Columns.lines(rows).map { $0 + "\n" }.joined())
    }
    return ExitStatus.done.rawValue
  }
}
