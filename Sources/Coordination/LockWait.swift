import Platform

/// The wait for a lock that a run needs, and what is said meanwhile.
struct LockWait {
  /// The processes above this one, its parent first: a pytest among them can't end before we do.
  let ancestors: [ProcessIdentity]
  /// How long to wait in all, in seconds; nil for as long as it takes.
  let limit: Double?
  /// Called once, when the wait takes longer than ``RunFolder/lookDuration``.
  let onWait: (Holder?, _ limit: Double?) -> Void

  /// "As long as it takes", in seconds.
  private static let year = 365.0 * 86400

  private let start = Instant.now()
  private var announced = false

  init(ancestors: [ProcessIdentity], limit: Double?, onWait: @escaping (Holder?, _ limit: Double?) -> Void) {
    self.ancestors = ancestors
    self.limit = limit
    self.onWait = onWait
  }

  /// Takes one of a folder's locks.
  /// - Returns: nil when the folder has been removed meanwhile.
  /// - Throws: `held` where its holder keeps it past the limit; `inside`, at once, where its holder is a pytest above this
  ///   process, which would never let go of it.
  mutating func take(_ name: String, in folder: RunFolder) throws(CoordinationError) -> FileLock? {
    let deadline = start.advanced(by: limit ?? Self.year)
    // First wait a moment silently: a run may be just ending, or another command only testing whether the lock is held.
    switch try folder.take(name, until: min(deadline, .now().advanced(by: RunFolder.lookDuration))) {
    case .taken(let lock): return lock
    case .gone: return nil
    case .held: break
    }
    let other = try folder.holder(of: name)
    if let other, other.kind == .pytest, ancestors.contains(where: { $0 == other.owner || $0 == other.controller }) {
      throw .inside(other)
    }
    if !announced { onWait(other, limit) }
    announced = true
    switch try folder.take(name, until: deadline) {
    case .taken(let lock): return lock
    case .gone: return nil
    case .held: throw .held(by: try folder.holder(of: name), waited: limit ?? 0)
    }
  }
}
