import CommandLine
import Coordination
import Glibc
import Platform
import Testmon
import Text
import Variables

/// `worker ID --reader`: tells the plugin of a pytest below `worker ID -- ...` which environment to read, if it is the one
/// that the run was prepared for. Selecting by another's tests would leave some out silently.
struct ReaderCheck {
  private let context: Context

  init(_ context: Context) { self.context = context }

  func run() throws -> Int32 {
    let report: PytestReport = try LineReader(FileDescriptor(STDIN_FILENO)).message()
    let facts = try report.known()
    try requireLiveRun()
    try compareRootdirs(facts.rootdir)
    let (id, dataVersion) = (try number(.environmentID), try number(.dataVersion))
    guard facts.dataVersion == dataVersion else {
      throw CommandFailure(
        .usage,
        "this Python's testmon has data version \(facts.dataVersion), but the run was prepared for \(dataVersion); "
          + "use the same pytest-testmon for the controller and its workers; this one is "
          + "\(report.python ?? "python"), and the controller's is named by testmon-xdist controller --python PATH")
    }
    let prepared = try DataFile.verify(at: facts.databasePath, dataVersion: dataVersion, environmentID: Int64(id))
    if let difference = prepared.difference(from: facts.environment) {
      throw CommandFailure(
        .usage,
        "the run was prepared for another environment than this pytest's: \(difference); name this pytest's with "
          + "'testmon-xdist controller --python \(report.python ?? "PATH") --environment NAME'")
    }
    try PluginAnswer(
      .readable,
      environment: PreparedEnvironment(
        id: Int64(id), name: facts.environmentName, pythonVersion: facts.pythonVersion,
        // Its tests are there: whoever prepared them has counted that in.
        packagesChanged: false, databasePath: facts.databasePath, dataVersion: dataVersion)
    ).send()
    return 0
  }

  /// A shell that has evaluated `worker --export` keeps its variables when the run has ended. A pytest there would go on to
  /// store nothing, for ever.
  private func requireLiveRun() throws {
    let rootdir = context.environment.nonEmpty(.rootdir) ?? context.project.rootdir
    let id = context.outerRunID
    let holders = try RunFolder.open(in: rootdir)?.holders() ?? []
    if let id, holders.contains(where: { $0?.runID == id }) { return }
    // Below `worker ID -- COMMAND` nobody has set them by hand.
    if let id, context.environment[.pluginPath] != nil { throw CoordinationError.ended(runID: id) }
    let left = WorkerCommand.told.filter { context.environment[$0] != nil }.map(\.rawValue).joined(separator: " ")
    throw CommandFailure(
      .usage,
      "the run \(id.map { "\($0) " } ?? "")is over, but the variables that 'testmon-xdist worker ID --export' gave this "
        + "shell for it are still set, and pytest would store nothing; run: unset \(left)")
  }

  private func compareRootdirs(_ found: String) throws(CommandFailure) {
    guard let prepared = context.environment[.rootdir], !prepared.isEmpty,
      SymbolicLink.resolved(prepared) != SymbolicLink.resolved(found)
    else { return }
    throw CommandFailure(
      .usage,
      "the run is for the rootdir \(prepared), but this pytest's is \(found); name one for both: --rootdir \(ShellWord.quote(prepared))"
    )
  }

  private func number(_ variable: EnvironmentVariable) throws(CommandFailure) -> Int {
    let text = context.environment[variable] ?? ""
    guard let number = Int(text), number >= 0 else {
      throw CommandFailure(
        .usage,
        "\(EnvironmentVariable.workerID) is set, but \(variable) is '\(text)'; 'testmon-xdist worker ID' sets both, "
          + "and 'unset \(EnvironmentVariable.workerID)' makes this an ordinary pytest")
    }
    return number
  }
}

extension EnvironmentKey {
  /// The first thing in which another environment differs, and how; nil where nothing does.
  func difference(from other: EnvironmentKey) -> String? {
    for (what, own, others) in [
      ("environment name", name, other.name), ("installed packages", packages, other.packages),
      ("Python version", python, other.python),
    ] where !own.utf8.elementsEqual(others.utf8) {
      let parts = Set(own.split(separator: ", ")).symmetricDifference(others.split(separator: ", "))
      return "\(what) differ (\(parts.sorted().joined(separator: ", ")))"
    }
    return nil
  }
}
