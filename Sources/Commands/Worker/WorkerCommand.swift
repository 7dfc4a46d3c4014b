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
    // The run's id in our environment says which run to wait for. Not so below `worker ID -- COMMAND`, which only tells
    // COMMAND what it found.
    let runID = context.environment[.workerID] == nil ? context.outerRunID : nil
    var wait = MarkerWait(
      rootdir: context.project.rootdir, runID: runID, polling: context.polling, observer: context.folderObserver)
    let timeout = context.settings.workerTimeout.value
    context.diagnostics.debug("waiting up to \(TimeText.seconds(timeout)) for \(runID.map { "run \($0)" } ?? "a run")")
    let (folder, marker) = try wait.run(timeout: timeout)
    let prepared = marker.environment
    context.diagnostics.debug("run \(marker.runID) is ready, seen after \(TimeText.milliseconds(since: began))")
    _ = try DataFile.verify(at: prepared.databasePath, dataVersion: prepared.dataVersion, environmentID: prepared.id)
    context.diagnostics.debug("environment \(prepared.id) of \(prepared.databasePath) can be read")
    let waited = ((Instant.now().seconds - began.seconds) * 1e6).rounded() / 1000
    try folder.write(
      Acknowledgement(
        runID: marker.runID, workerID: options.id, pid: options.command == nil ? getppid() : getpid(),
        timestamp: WallClock.now(), waitedMilliseconds: waited))
    wait.end()
    context.diagnostics.debug("acknowledged run \(marker.runID) after \(TimeText.milliseconds(since: began))")
    guard let command = options.command else { return try tell(marker, waited) }

    let plugin = try PluginFolder(outside: context.project.rootdir, environment: context.environment)
    defer { plugin.remove() }
    var environment = plugin.variables(environment: context.environment)
    for (name, value) in variables(marker) { environment[name] = value }
    if marker.isEnvironmentGiven == true { environment[.environmentName] = prepared.name }
    environment[.added] = PluginFolder.added([EnvironmentVariable.dataFile.rawValue], to: context.environment)
    context.diagnostics.debug("starting \(command.joined(separator: " "))")
    let status = try CommandProcess(command, environment: environment).run().end.shellStatus
    context.diagnostics.debug("the command ended with status \(status) after \(TimeText.milliseconds(since: began))")
    return status
  }

  /// The variables that a command is given, or a shell that evaluates `--export`.
  static let told: [EnvironmentVariable] = [
    .runID, .workerID, .environmentID, .dataVersion, .rootdir, .dataFile, .executable,
  ]

  private func variables(_ marker: Marker) -> [(EnvironmentVariable, String)] {
    [
      (.runID, marker.runID),
      (.workerID, options.id),
      (.environmentID, "\(marker.environment.id)"),
      (.dataVersion, "\(marker.environment.dataVersion)"),
      (.rootdir, context.project.rootdir),
      (.dataFile, marker.environment.databasePath),
      (.executable, CurrentProcess.executable),
    ]
  }

  /// What `--json` prints; the environment's keys stand beside the others.
  private struct Report: Encodable {
    let runID: String
    let workerID: String
    let environment: PreparedEnvironment
    let waitedMilliseconds: Double

    enum CodingKeys: String, CodingKey {
      case schema
      case runID = "run_id"
      case workerID = "worker_id"
      case waitedMilliseconds = "waited_ms"
    }

    func encode(to encoder: any Encoder) throws {
      try environment.encode(to: encoder)
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(1, forKey: .schema)
      try values.encode(runID, forKey: .runID)
      try values.encode(workerID, forKey: .workerID)
      try values.encode(waitedMilliseconds, forKey: .waitedMilliseconds)
    }
  }

  private func tell(_ marker: Marker, _ waited: Double) throws -> Int32 {
    let environment = marker.environment
    switch options.output {
    case .json:
      let report = Report(
        runID: marker.runID, workerID: options.id, environment: environment, waitedMilliseconds: waited)
      try Results.show(report)
    case .export:
      let lines = variables(marker).map { "export \($0)=\(ShellWord.quote($1))\n" }
      try Results.show(lines.joined())
    case .human:
      let rows = [
        ["run", Printable.escape(marker.runID)],
        ["environment", "\(environment.id) (\(Printable.escape(environment.name)))"],
        ["python", Printable.escape(environment.pythonVersion)],
        ["packages changed", environment.packagesChanged ? "yes" : "no"],
        ["data file", Printable.escape(environment.databasePath)],
        ["data version", "\(environment.dataVersion)"],
        ["waited", "\(Int(waited.clampedToInt.rounded())) ms"],
      ]
      try Results.show(Columns.lines(rows).map { $0 + "\n" }.joined())
    }
    return ExitStatus.done.rawValue
  }
}
