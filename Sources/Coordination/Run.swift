import Platform
import Testmon

/// A run that this process has a part in: a ``WholeRun``, or a ``JoinedRun`` inside one.
///
/// Two locks in the run's folder say who may do what:
/// - `lock` belongs to the whole run, from its beginning to its end;
/// - `session` to whoever works with the data file: the whole run itself, or, below a command or beside a run that is
///   held open, one pytest after the other.
///
/// A whole run takes both locks to begin, and again to end. So none begins while a pytest of an earlier run lives,
/// whatever has become of that run's controller, and nobody removes files that another needs.
public protocol Run: AnyObject {
  var id: String { get }
  var folder: RunFolder { get }
  var holder: Holder { get }

  /// Ends it: what it made is removed, and its locks are released.
  func end() throws(CoordinationError) -> Removal
}

extension Run {
  /// Publishes that the data file is ready.
  public func publish(_ facts: Facts, _ preparation: Preparation, version: String) throws(CoordinationError) -> Marker {
    let environment = PreparedEnvironment(facts, preparation, at: facts.databasePath)
    let marker = Marker(
      protocol: Marker.currentProtocol, runID: id, timestamp: WallClock.now(), controllerPID: holder.controller.pid,
      controller: holder.controller, owner: holder.owner, environment: environment,
      isEnvironmentGiven: facts.isEnvironmentGiven, expectedWorkers: facts.expectedWorkers, version: version)
    try publish(marker)
    return marker
  }

  public func publish(_ marker: Marker) throws(CoordinationError) {
    try folder.write(JSON.encode(marker), to: Marker.fileName)
  }
}

/// What has become of a run's folder.
public enum Removal: Equatable, Sendable {
  /// Nothing that was ours to remove is left.
  case removed
  /// These names are somebody else's: they, and so the folder, were left.
  case left([String])
  /// A live run has the folder; whose it is, as far as it has said so.
  case inUse(by: Holder?)
  /// Nothing is in the folder any more, but it can't be removed itself, for this reason.
  case stuck(String)
}
