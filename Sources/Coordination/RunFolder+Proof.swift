import Platform

extension RunFolder {
  /// Whether the process that a lock file names does hold one of the locks: anybody could have written that file.
  ///
  /// For a process that is just ending it can't be seen: its end is waited for.
  public func isHeld(by holder: Holder) -> Bool {
    let names = [Self.lockName, Self.sessionLockName]
    if names.contains(where: { FileLock.isHeld($0, in: directory, by: holder.controller.pid) }) { return true }
    if let process = holder.controller.open(), holder.controller.isEnding {
      _ = process.waitForEnd(until: .now().advanced(by: Self.longestEnd))
    }
    return false
  }

  /// How long the kernel may take to close a process's files, in seconds. A few milliseconds are usual.
  private static let longestEnd = 10.0
}
