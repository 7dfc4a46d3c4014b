import Platform

extension RunFolder {
  /// Whether the process that calls itself a holder has one of the locks indeed.
  public func isHeld(by holder: Holder) -> Bool {
    [Self.lockName, Self.sessionLockName].contains { FileLock.isHeld($0, in: directory, by: holder.controller.pid) }
  }
}
