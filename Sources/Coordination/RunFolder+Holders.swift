import Platform

/// Who holds the folder now. Whether a lock is held only the kernel knows; the file says by whom.
extension RunFolder {
  /// Whether a run is alive here: a whole one, or a pytest that has outlived its controller.
  public func isLive() throws(CoordinationError) -> Bool {
    try !heldLocks().isEmpty
  }

  /// Whose run it is: the live one's, or that of the dead one that left its files.
  public func holder() throws(CoordinationError) -> Holder? {
    let held = try heldLocks()
    return try holder(of: held.first ?? Self.lockName)
  }

  /// Whoever holds a lock, the whole run first; nil for one that hasn't said who it is.
  public func holders() throws(CoordinationError) -> [Holder?] {
    var found: [Holder?] = []
    for lock in try heldLocks() {
      let holder = try holder(of: lock)
      if !found.contains(holder) { found.append(holder) }
    }
    return found
  }

  /// The holder of the whole run.
  func wholeHolder() throws(CoordinationError) -> Holder? {
    try isHeld(Self.lockName) ? try holder(of: Self.lockName) : nil
  }

  /// The holder of the run that this process was started in; nil where there is none.
  ///
  /// Its environment says so, or one of its ancestors is what the run is for. Both are needed: programs such as tox hide
  /// variables from what they start, and a process in the background may have lost its ancestors.
  /// - Parameters:
  ///   - ancestors: the processes above this one.
  ///   - runID: the id in this process's environment, if any.
  public func wholeHolder(
    around ancestors: [ProcessIdentity], named runID: String?
  ) throws(CoordinationError) -> Holder? {
    guard let holder = try wholeHolder() else { return nil }
    let isAround =
      holder.runID == runID
      || ancestors.contains { $0 == holder.controller || $0 == holder.owner || $0 == holder.starter }
    return isAround ? holder : nil
  }

  /// Who holds one of the locks, as far as the holder has said so yet.
  func holder(of lock: String) throws(CoordinationError) -> Holder? {
    try read(lock).flatMap { JSON.decode(Holder.self, from: $0) }
  }

  private func heldLocks() throws(CoordinationError) -> [String] {
    var held: [String] = []
    for lock in [Self.lockName, Self.sessionLockName] where try isHeld(lock) { held.append(lock) }
    return held
  }

  private func isHeld(_ lock: String) throws(CoordinationError) -> Bool {
    try CoordinationError.wrapping { () throws(SystemError) in try FileLock.isHeld(lock, in: directory) }
  }
}
