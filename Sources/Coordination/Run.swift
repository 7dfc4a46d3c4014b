import Glibc
import Platform
import Testmon

/// A run that this process holds: from taking the lock to the removal of the folder.
///
/// A pytest below `controller -- COMMAND` doesn't hold a run of its own: it *joins* the command's, with an environment of
/// its own, and gives back what it found when it ends.
public final class Run {
  public let id: String
  public let folder: RunFolder
  public let holder: Holder

  private let lock: FileLock
  /// For a joined run, the marker to put back.
  private enum Part {
    case whole
    case joined(previousMarker: [UInt8]?)
  }
  private let part: Part

  private init(id: String, folder: RunFolder, holder: Holder, lock: FileLock, part: Part) {
    self.id = id
    self.folder = folder
    self.holder = holder
    self.lock = lock
    self.part = part
  }

  /// Takes the project's run lock, and clears away what a dead run left.
  ///
  /// - Parameters:
  ///   - joining: the id of the run that this process was started below, if any; where that run is the one that holds
  ///     the lock, it is joined.
  ///   - lockTimeout: how long to wait for another run to end, in seconds.
  ///   - onWait: called once, when there is somebody to wait for.
  public static func begin(
    in rootdir: String, kind: Holder.Kind, owner: ProcessIdentity, joining outer: String? = nil, lockTimeout: Double,
    onWait: (Holder?) -> Void
  ) throws(CoordinationError) -> Run {
    let start = Instant.now()
    var announced = false
    while true {
      let folder = try RunFolder.make(in: rootdir)
      do throws(CoordinationError) {
        let joins = try outer.map(folder.isLive(asRun:)) ?? false
        let name = joins ? RunFolder.sessionLockName : RunFolder.lockName
        // Below one command whoever is first is on its way to end, and there is nobody else to give up for.
        let deadline = start.advanced(by: joins ? 365 * 86400 : lockTimeout)
        // A run that is just ending, or somebody who only looks whether the lock is held, is nobody to speak of.
        var lock = try folder.wait(for: name, until: min(deadline, .now().advanced(by: 0.2)))
        if lock == nil {
          let other = try folder.holder(of: name)
          if !announced { onWait(other) }
          announced = true
          lock = try folder.wait(for: name, until: deadline)
          if lock == nil { throw .held(by: other, waited: lockTimeout) }
        }
        if let lock { return try take(over: folder, lock: lock, joined: joins ? outer : nil, kind: kind, owner: owner) }
      } catch {
        // The run that we looked at has just ended and removed its folder: once more.
        guard case .system(let error) = error, error.code == ENOENT else { throw error }
      }
    }
  }

  private static func take(
    over folder: RunFolder, lock: FileLock, joined: String?, kind: Holder.Kind, owner: ProcessIdentity
  ) throws(CoordinationError) -> Run {
    let own = try system { () throws(SystemError) in try ProcessIdentity.own() }
    let id = joined ?? newID()
    let holder = Holder(runID: id, kind: kind, since: wallClock(), controller: own, owner: owner)
    let part: Part = joined == nil ? .whole : .joined(previousMarker: try folder.read(Marker.fileName))
    try folder.removeSignals()
    if joined == nil { try folder.writeIgnore() }
    try system { () throws(SystemError) in try lock.write(JSON.encode(holder)) }
    return Run(id: id, folder: folder, holder: holder, lock: lock, part: part)
  }

  private static func newID() -> String {
    (0..<2).map { _ in
      let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// Publishes that the data file is ready.
  public func publish(_ facts: Facts, _ preparation: Preparation, version: String) throws(CoordinationError) -> Marker {
    let marker = Marker(
      protocol: Marker.currentProtocol, runID: id, timestamp: wallClock(), controllerPID: holder.controller.pid,
      controller: holder.controller, owner: holder.owner, environmentID: preparation.environmentID,
      environmentName: facts.environmentName, isEnvironmentGiven: facts.isEnvironmentGiven,
      pythonVersion: facts.pythonVersion,
      packagesChanged: preparation.packagesChanged, databasePath: facts.databasePath, dataVersion: facts.dataVersion,
      expectedWorkers: facts.expectedWorkers, version: version)
    try folder.write(JSON.encode(marker), to: Marker.fileName)
    return marker
  }

  /// Ends the run: what it made is removed, and the lock released.
  public func end() throws(CoordinationError) {
    defer { lock.release() }
    switch part {
    case .whole:
      // A pytest below our command that was killed has a controller that is just ending its part.
      let session = try? folder.wait(for: RunFolder.sessionLockName, until: .now().advanced(by: 5))
      defer { session?.release() }
      try folder.removeAll()
    case .joined(let previousMarker):
      try folder.removeSignals()
      if let previousMarker { try folder.write(previousMarker, to: Marker.fileName) }
    }
  }
}
