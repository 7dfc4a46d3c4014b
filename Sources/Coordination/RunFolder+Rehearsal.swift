import Glibc
import Platform

extension RunFolder {
  /// Does what a run does first, and takes it back: makes the folder and takes both locks, without waiting. A folder that is
  /// there stays as it is.
  /// - Returns: false where a run is live.
  /// - Throws: what would stop a run.
  public static func rehearse(in rootdir: String) throws(CoordinationError) -> Bool {
    if let folder = try open(in: rootdir) {
      if try folder.isLive() { return false }
      if access(folder.directory.path, W_OK | X_OK) != 0 {
        throw .system(SystemError(code: errno, call: "access", subject: folder.directory.path))
      }
      return true
    }
    let folder = try make(in: rootdir)
    let deadline = Instant.now().advanced(by: lookDuration)
    do throws(CoordinationError) {
      guard case .taken(let lock) = try folder.take(lockName, until: deadline) else { return false }
      defer { lock.release() }
      guard case .taken(let session) = try folder.take(sessionLockName, until: deadline) else { return false }
      defer { session.release() }
      _ = try folder.removeAll(lock, session)
      return true
    } catch {
      // Where locks don't work, nobody else has any here.
      _ = try? folder.directory.remove(lockName)
      _ = folder.directory.removeItself()
      throw error
    }
  }
}
