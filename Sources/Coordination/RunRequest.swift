import Platform

/// Who wants to begin a run in a project, and what for.
public struct RunRequest {
  private let rootdir: String
  private let kind: Holder.Kind
  private let owner: ProcessIdentity
  private let starter: ProcessIdentity?
  private let outerID: String?
  private let lockTimeout: Double

  /// - Parameters:
  ///   - starter: the process whose run it is besides the owner: the shell that goes on while we hold the run open.
  ///   - outerID: the id of the run that this process was started in, as its environment says.
  ///   - lockTimeout: how long to wait for another run to end, in seconds.
  public init(
    rootdir: String, kind: Holder.Kind, owner: ProcessIdentity, starter: ProcessIdentity? = nil,
    outerID: String? = nil, lockTimeout: Double
  ) {
    self.rootdir = rootdir
    self.kind = kind
    self.owner = owner
    self.starter = starter
    self.outerID = outerID
    self.lockTimeout = lockTimeout
  }

  /// Begins the run, when whoever holds the project has ended; a pytest joins the run that it was started in.
  /// - Parameter onWait: called once, when there is somebody to wait for, with the limit in seconds, if there is one.
  /// - Throws: `inside` at once where whoever is waited for waits for us.
  public func begin(onWait: @escaping (Holder?, _ limit: Double?) -> Void) throws(CoordinationError) -> any Run {
    let own = try CoordinationError.wrapping { () throws(SystemError) in try ProcessIdentity.own() }
    let ancestors = ProcessIdentity.ancestors()
    // Below one command whoever is first is on its way to end, and there is nobody else to give up for.
    var sisters = LockWait(ancestors: ancestors, limit: nil, onWait: onWait)
    var others = LockWait(ancestors: ancestors, limit: lockTimeout, onWait: onWait)
    func holder(_ runID: String) -> Holder {
      Holder(runID: runID, kind: kind, since: WallClock.now(), controller: own, owner: owner, starter: starter)
    }
    while true {
      let folder = try RunFolder.make(in: rootdir)
      let around = try folder.wholeHolder(around: ancestors, named: outerID)
      if let around, kind == .pytest, around.kind != .pytest {
        if let run = try JoinedRun.begin(in: folder, around: around, &sisters, holder: holder) { return run }
        continue
      }
      // It ends with the command, or the worker, that we are below.
      if let around, kind == .held, around.kind == .command || around.runID == outerID { throw .inside(around) }
      if let run = try WholeRun.begin(in: folder, &others, holder: holder) { return run }
    }
  }
}
