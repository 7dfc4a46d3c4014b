import Coordination
import Variables

/// Has this shell kept the variables of a run that is over?
struct RunVariablesCheck: Check {
  let name = "run-variables"
  let group = CheckGroup.settings

  /// What `worker ID --export` gives a shell.
  private static let exported: [EnvironmentVariable] = [
    .runID, .workerID, .environmentID, .dataVersion, .rootdir, .dataFile, .executable,
  ]
  /// Of these, what users have no reason to set by themselves.
  private static let telling = exported.filter { $0 != .dataFile && $0 != .executable }

  func run(in context: CheckContext) -> [Finding] {
    let isSet = { (variable: EnvironmentVariable) in !(context.environment[variable] ?? "").isEmpty }
    if !Self.telling.contains(where: isSet) { return [.good("no variables of another run are set")] }
    let names = Self.exported.filter(isSet).map(\.rawValue).joined(separator: " ")
    if let runID = context.environment[.runID], isLive(runID, context) {
      return [.good("this is part of run \(runID): \(names)")]
    }
    let message = "this shell has the variables of a worker or a run (\(names)), but no such run is live: "
    if isSet(.workerID) {
      return [.failure(message + "a pytest here would store nothing, and refuses to start", next: "unset \(names)")]
    }
    return [.warning(message + "testmon-xdist worker would wait for it", next: "unset \(names)")]
  }

  private func isLive(_ runID: String, _ context: CheckContext) -> Bool {
    let rootdir = context.environment[.rootdir] ?? context.project.rootdir
    guard let folder = try? RunFolder.open(in: rootdir), let holders = try? folder.holders() else { return false }
    return holders.contains { $0?.runID == runID }
  }
}
