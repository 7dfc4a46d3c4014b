import Platform

/// A pytest's part in a run that was there before it: the run of the command that it is below, or one that a shell script
/// holds open. It may use another environment. When it ends it puts back the marker and acknowledgements that it found.
public final class JoinedRun: Run {
  public let id: String
  public let folder: RunFolder
  public let holder: Holder

  private let session: FileLock
  private let found: [RunFolder.PublishedFile]

  private init(folder: RunFolder, holder: Holder, session: FileLock, found: [RunFolder.PublishedFile]) {
    id = holder.runID
    self.folder = folder
    self.holder = holder
    self.session = session
    self.found = found
  }

  /// Takes the session's lock.
  /// - Returns: nil when the run around us has ended meanwhile.
  static func begin(
    in folder: RunFolder, around: Holder, _ line: inout LockWait, holder make: (_ runID: String) -> Holder
  ) throws(CoordinationError) -> JoinedRun? {
    guard let session = try line.take(RunFolder.sessionLockName, in: folder),
      try folder.wholeHolder()?.runID == around.runID
    else { return nil }
    let holder = make(around.runID)
    try folder.sign(session, RunFolder.sessionLockName, as: holder)
    let found = try folder.published()
    try folder.removePublished()
    return JoinedRun(folder: folder, holder: holder, session: session, found: found)
  }

  public func end() throws(CoordinationError) -> Removal {
    defer { session.release() }
    if try folder.wholeHolder()?.runID == id {
      try folder.removePublished()
      for signal in found { try folder.write(signal.bytes, to: signal.name) }
      return .removed
    }
    // The whole run's controller was killed, or gave up waiting for us. Then we remove what it left, unless the next run
    // has taken the lock already.
    switch try folder.take(RunFolder.lockName, until: .now().advanced(by: RunFolder.lookDuration)) {
    case .taken(let lock):
      defer { lock.release() }
      return try folder.removeAll(lock, session)
    case .held:
      try folder.removePublished()
      return .removed
    case .gone: return .removed
    }
  }
}
