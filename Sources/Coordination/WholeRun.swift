import Platform

/// A run of its own: for a pytest, for a command with all pytests below it, or held open for workers.
public final class WholeRun: Run {
  public let id: String
  public let folder: RunFolder
  public let holder: Holder

  private let lock: FileLock
  /// Nil while pytests may join.
  private var session: FileLock?

  /// How long an ending run waits for a pytest below it that is ending, too, in seconds.
  private static let sessionTimeout = 5.0

  private init(folder: RunFolder, holder: Holder, lock: FileLock, session: FileLock) {
    id = holder.runID
    self.folder = folder
    self.holder = holder
    self.lock = lock
    self.session = session
  }

  /// Takes both locks, and clears away what a dead run left.
  /// - Returns: nil when the folder has been removed meanwhile: its run has just ended, and the caller starts over.
  static func begin(
    in folder: RunFolder, _ line: inout LockWait, holder make: (_ runID: String) -> Holder
  ) throws(CoordinationError) -> WholeRun? {
    guard let lock = try line.take(RunFolder.lockName, in: folder) else { return nil }
    let holder = make(newID())
    try folder.sign(lock, RunFolder.lockName, as: holder)
    // A pytest may have outlived the controller of the run that it is part of.
    guard let session = try line.take(RunFolder.sessionLockName, in: folder) else { return nil }
    try folder.sign(session, RunFolder.sessionLockName, as: holder)
    try folder.removePublished()
    try folder.writeIgnore()
    return WholeRun(folder: folder, holder: holder, lock: lock, session: session)
  }

  private static func newID() -> String {
    (0..<2).map { _ in
      let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// Gives the session away: from now on pytests below may work with the data file, one after the other.
  public func letPytestsJoin() {
    session?.release()
    session = nil
  }

  /// Whether a pytest has joined since, or has said that it goes on without coordination.
  public var hasBeenFound: Bool {
    // Whoever joins writes itself into the session's lock, and leaves that there.
    (try? folder.holder(of: RunFolder.sessionLockName))?.kind == .pytest || folder.hasPytestThatGoesOnAlone
  }

  public func end() throws(CoordinationError) -> Removal {
    defer {
      session?.release()
      lock.release()
    }
    if session == nil {
      switch try folder.take(RunFolder.sessionLockName, until: .now().advanced(by: Self.sessionTimeout)) {
      case .taken(let lock): session = lock
      // It removes the folder when it ends itself.
      case .held: return .inUse(by: try folder.holder(of: RunFolder.sessionLockName))
      case .gone: return .removed
      }
    }
    guard let session else { return .removed }
    return try folder.removeAll(lock, session)
  }
}
