import Platform

/// Who wants to begin a run in a project, and what for.
public struct RunRequest {
  private let rootdir: String
  private let kind: Holder.Kind
  private let owner: ProcessIdentity
  private let starter: ProcessIdentity?
  private let outerID: String?
  private let lockTimeout: Double
  private let observer: FolderObserver?

  /// - Parameters:
  ///   - starter: for `held`, the process that started the run, such as a script's shell: see ``Holder/starter``.
  ///   - outerID: the id of the run that this process was started in, as its environment says.
  ///   - lockTimeout: how long to wait for another run to end, in seconds.
  ///   - observer: whoever follows what the run does in its folder.
  public init(
    rootdir: String, kind: Holder.Kind, owner: ProcessIdentity, starter: ProcessIdentity? = nil,
    outerID: String? = nil, lockTimeout: Double, observer: FolderObserver? = nil
  ) {
    self.rootdir = rootdir
    self.kind = kind
    self.owner = owner
    self.starter = starter
    self.outerID = outerID
    self.lockTimeout = lockTimeout
    self.observer = observer
  }

  /// Begins the run as soon as no other one holds the project. A pytest joins the run that it was started in.
  /// - Parameter onWait: called once if another run has to be waited for: with its holder, if known, and the limit in
  ///   seconds, if there is one.
  /// - Throws: `held` after `lockTimeout`; `inside`, at once, where the other run can't end before this process does.
  public func begin(onWait: @escaping (Holder?, _ limit: Double?) -> Void) throws(CoordinationError) -> any Run {
    let own = try CoordinationError.wrapping { () throws(SystemError) in try ProcessIdentity.own() }
    let ancestors = ProcessIdentity.ancestors()
    // A pytest that joins a run waits as long as it takes: it only waits for other pytests of the same run.
    var waitForSession = LockWait(ancestors: ancestors, limit: nil, onWait: onWait)
    var waitForRun = LockWait(ancestors: ancestors, limit: lockTimeout, onWait: onWait)
    func holder(_ runID: String) -> Holder {
      Holder(runID: runID, kind: kind, since: WallClock.now(), controller: own, owner: owner, starter: starter)
    }
    while true {
      let folder = try RunFolder.make(in: rootdir, observer: observer)
      let around = try folder.wholeHolder(around: ancestors, named: outerID)
      if let around, kind == .pytest, around.kind != .pytest {
        if let run = try JoinedRun.begin(in: folder, around: around, &waitForSession, holder: holder) { return run }
        continue
      }
      // That run ends only after the command or the worker that started us: we would wait for ourselves.
      if let around, kind == .held, around.kind == .command || around.runID == outerID { throw .inside(around) }
      if let run = try WholeRun.begin(in: folder, &waitForRun, holder: holder) { return run }
    }
  }
}
