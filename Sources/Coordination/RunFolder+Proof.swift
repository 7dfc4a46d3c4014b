import Platform

extension RunFolder {
  /// Whether the process that a lock file names does hold one of the locks: anybody could have written that file.
  public func isHeld(by holder: Holder) -> Bool {
    [Self.lockName, Self.sessionLockName].contains { FileLock.isHeld($0, in: directory, by: holder.controller.pid) }
  }
}
