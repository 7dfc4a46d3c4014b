import Platform

/// A pytest's part in the run that it was started in: of the command that it is below, or of the shell script that holds
/// one open. It has an environment of its own, and gives back what it found when it ends.
public final class JoinedRun: Run {
  public let id: String
  public let folder: RunFolder
  public let holder: Holder

  /// How long, in seconds, somebody may have a lock who only looks whether it is held.
  private static let patience = 0.2

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
    try CoordinationError.wrapping { () throws(SystemError) in try session.write(JSON.encode(holder)) }
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
    // The controller of the whole run was killed, or had to give up waiting for us: what it left is ours to remove,
    // unless the next run waits for us already.
    switch try folder.take(RunFolder.lockName, until: .now().advanced(by: Self.patience)) {
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
