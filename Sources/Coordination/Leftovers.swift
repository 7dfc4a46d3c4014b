import Glibc
import Platform

/// What a run that died has left in the project.
public struct Leftovers {
  private let folder: RunFolder?

  /// - Throws: `untrusted` when what is there isn't ours.
  public init(in rootdir: String) throws(CoordinationError) {
    folder = try RunFolder.open(in: rootdir)
  }

  /// Whether there is nothing left.
  public var isGone: Bool { folder == nil }

  public enum Removal: Equatable, Sendable {
    case removed
    /// These names are somebody else's: they, and so the folder, were left.
    case left([String])
    /// A live run has taken the folder.
    case live
  }

  /// Removes our files and the folder, if no live run has them.
  public func remove() throws(CoordinationError) -> Removal {
    guard let folder else { return .removed }
    let lock: FileLock?
    do {
      lock = try FileLock.take(RunFolder.lockName, in: folder.directory)
    } catch {
      if error.code == ENOENT { return .removed }
      throw .system(error)
    }
    guard let lock else { return .live }
    defer { lock.release() }
    let foreign = try folder.removeAll()
    return foreign.isEmpty ? .removed : .left(foreign)
  }
}
