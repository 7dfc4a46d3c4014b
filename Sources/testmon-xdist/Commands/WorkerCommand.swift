import CommandLine
import Coordination
import Glibc
import Platform
import Settings
import Testmon
import Text

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
    if options.reader != nil { return try ReaderCheck(context).run() }
    try requireProcessIdentities()
    let began = Instant.now()
    // Below `worker ID -- COMMAND`, the variable is an answer, and no question.
    let runID = context.environment["TESTMON_XDIST_WORKER_ID"] == nil ? context.outerRunID : nil
    let (folder, marker) = try MarkerWait(rootdir: context.project.rootdir, runID: runID, polling: context.polling)
      .run(timeout: context.settings.workerTimeout.value)
    let prepared = marker.environment
    _ = try DataFile.verify(
      at: prepared.databasePath, dataVersion: prepared.dataVersion, environmentID: prepared.id)
    let waited = ((Instant.now().seconds - began.seconds) * 1e6).rounded() / 1000
    try folder.write(
      Acknowledgement(
        runID: marker.runID, workerID: options.id, pid: options.command == nil ? getppid() : getpid(),
        timestamp: wallClock(), waitedMilliseconds: waited))
    context.diagnostics.debug("acknowledged run \(marker.runID) as worker \(options.id)")
    guard let command = options.command else { return try tell(marker, waited) }

    let plugin = try PluginFolder(outside: context.project.rootdir, environment: context.environment)
    defer { plugin.remove() }
    var environment = plugin.variables(environment: context.environment)
    for (name, value) in variables(marker) { environment[name] = value }
    if marker.isEnvironmentGiven == true { environment["TESTMON_XDIST_ENVIRONMENT"] = prepared.name }
    environment["TESTMON_XDIST_ADDED"] = PluginFolder.added(["TESTMON_DATAFILE"], to: context.environment)
    return try CommandProcess(command, environment: environment).run().end.shellStatus
  }

  /// What a command, or a shell that evaluates `--export`, gets to know.
  private func variables(_ marker: Marker) -> [(String, String)] {
    [
      ("TESTMON_XDIST_RUN_ID", marker.runID),
      ("TESTMON_XDIST_WORKER_ID", options.id),
      ("TESTMON_XDIST_ENVIRONMENT_ID", "\(marker.environment.id)"),
      ("TESTMON_XDIST_DATA_VERSION", "\(marker.environment.dataVersion)"),
      ("TESTMON_XDIST_ROOTDIR", context.project.rootdir),
      ("TESTMON_DATAFILE", marker.environment.databasePath),
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
      try show(report)
    case .export:
      let lines = variables(marker).map { "export \($0)=\(ShellWord.quote($1))\n" }
      try show(lines.joined())
    case .human:
      let rows = [
        ["run", Printable.escape(marker.runID)],
        ["environment", "\(environment.id) (\(Printable.escape(environment.name)))"],
        ["python", Printable.escape(environment.pythonVersion)],
        ["packages changed", environment.packagesChanged ? "yes" : "no"],
        ["data file", Printable.escape(environment.databasePath)],
        ["data version", "\(environment.dataVersion)"],
        ["waited", "\(Int(waited.clamped.rounded())) ms"],
      ]
      try show(Columns.lines(rows).map { $0 + "\n" }.joined())
    }
    return ExitStatus.done.rawValue
  }
}
