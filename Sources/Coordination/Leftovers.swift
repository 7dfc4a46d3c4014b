import Glibc
import Platform

/// What a run that died has left in the project.
public struct Leftovers {
  private let folder: RunFolder?

  /// - Parameter observer: whoever follows what is removed.
  /// - Throws: `untrusted` when what is there isn't ours.
  public init(in rootdir: String, observer: FolderObserver? = nil) throws(CoordinationError) {
    folder = try RunFolder.open(in: rootdir, observer: observer)
  }

  /// Whether there is nothing left.
  public var isGone: Bool { folder == nil }

  /// Removes our files and the folder, if no live run has them.
  public func remove() throws(CoordinationError) -> Removal {
    guard let folder else { return .removed }
    var locks: [FileLock] = []
    defer { for lock in locks.reversed() { lock.release() } }
    for name in [RunFolder.lockName, RunFolder.sessionLockName] {
      switch try folder.take(name, until: .now()) {
      case .taken(let lock): locks.append(lock)
      case .held: return .inUse(by: try folder.holder(of: name))
      case .gone: return .removed
      }
    }
    return try folder.removeAll(locks[0], locks[1])
  }
}
