import Glibc
import Platform

/// A worker's wait for the marker of a live run.
public struct MarkerWait {
  /// How often to look where events don't arrive, as on network file systems.
  public struct Polling: Sendable {
    /// The first pause, in seconds.
    public let interval: Double
    /// How many times longer each further pause is.
    public let factor: Double
    /// The longest pause, in seconds.
    public let maximum: Double

    public init(interval: Double, factor: Double, maximum: Double) {
      self.interval = interval
      self.factor = factor
      self.maximum = maximum
    }
  }

  private let rootdir: String
  private let runID: String?
  private let polling: Polling

  /// - Parameter runID: the only run to wait for; nil for any.
  public init(rootdir: String, runID: String?, polling: Polling) {
    self.rootdir = rootdir
    self.runID = runID
    self.polling = polling
  }

  /// Returns as soon as there is one.
  /// - Parameter timeout: in seconds.
  /// - Throws: `timedOut` after the timeout; `ended`, at once, where the run that is asked for is over; `untrusted`, at
  ///   once, where a file is damaged or isn't ours.
  public func run(timeout: Double) throws(CoordinationError) -> (RunFolder, Marker) {
    let deadline = Instant.now().advanced(by: timeout)
    var interval = polling.interval
    while true {
      // Watching begins before looking: then a change between the two ends the wait.
      let watches = Self.watches(rootdir)
      if let found = try look() { return found }
      var next = deadline
      if next <= .now() { throw .timedOut(waiting: timeout, folder: RunFolder.path(in: rootdir)) }
      if watches.isEmpty || FileSystemKind(of: rootdir) != .local {
        next = min(next, .now().advanced(by: interval))
        interval = min(interval * polling.factor, polling.maximum)
      }
      var descriptors = watches.map { pollfd(fd: $0.descriptor.raw, events: Int16(POLLIN), revents: 0) }
      poll(&descriptors, nfds_t(descriptors.count), next.pollTimeout())
    }
  }

  private func look() throws(CoordinationError) -> (RunFolder, Marker)? {
    let folder = try RunFolder.open(in: rootdir)
    let marker = try folder?.marker()
    // Whoever has just taken a lock may not have written its name yet. Until then the file names the holder before it,
    // a dead one: hence `isAlive` below.
    let holders = try folder?.holders().compactMap { $0 } ?? []
    if let runID, !holders.contains(where: { $0.runID == runID }) { throw .ended(runID: runID) }
    guard let folder, let marker else { return nil }
    if holders.contains(where: { $0.runID == marker.runID && $0.controller == marker.controller }),
      marker.controller.isAlive != false
    {
      return (folder, marker)
    }
    // The marker is of a pytest below a command, and that pytest's controller has died. The command's run goes on, but
    // this marker is void; unless another pytest has begun there, which will publish its own.
    if let runID, runID == marker.runID, !holders.contains(where: { $0.kind == .pytest }) {
      throw .ended(runID: runID)
    }
    return nil
  }

  /// Watches the rootdir, and the run's folder if it is there. The rootdir first: if the folder appears in between, that is
  /// an event.
  static func watches(_ rootdir: String) -> [DirectoryWatch] {
    [rootdir, RunFolder.path(in: rootdir)].compactMap { try? DirectoryWatch($0) }
  }
}
