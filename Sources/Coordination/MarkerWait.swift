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
  private let observer: FolderObserver?
  private var watch: DirectoryWatch?

  /// - Parameters:
  ///   - runID: the only run to wait for; nil for any.
  ///   - observer: whoever follows what the worker does in the run's folder.
  public init(rootdir: String, runID: String?, polling: Polling, observer: FolderObserver? = nil) {
    self.rootdir = rootdir
    self.runID = runID
    self.polling = polling
    self.observer = observer
  }

  /// Returns as soon as there is one.
  /// - Parameter timeout: in seconds.
  /// - Throws: `timedOut` after the timeout; `ended`, at once, where the run that is asked for is over; `untrusted`, at
  ///   once, where a file is damaged or isn't ours.
  public mutating func run(timeout: Double) throws(CoordinationError) -> (RunFolder, Marker) {
    // Nearly always it is there already, and needs no watch.
    if let found = try look() { return found }
    let deadline = Instant.now().advanced(by: timeout)
    var interval = polling.interval
    watch = try? DirectoryWatch(rootdir)
    while true {
      // Watching begins before looking: then a change between the two ends the wait. If the folder appears in between,
      // that is an event in the rootdir.
      try? watch?.add(RunFolder.path(in: rootdir))
      if let found = try look() { return found }
      var next = deadline
      if next <= .now() { throw .timedOut(waiting: timeout, folder: RunFolder.path(in: rootdir)) }
      if watch == nil || FileSystemKind(of: rootdir) != .local {
        next = min(next, .now().advanced(by: interval))
        interval = min(interval * polling.factor, polling.maximum)
      }
      var descriptor = pollfd(fd: watch?.descriptor.raw ?? -1, events: Int16(POLLIN), revents: 0)
      poll(&descriptor, 1, next.pollTimeout())
      watch?.drain()
    }
  }

  /// Stops watching, which takes some time (``DirectoryWatch``): after whatever others wait for.
  public mutating func end() { watch = nil }

  private func look() throws(CoordinationError) -> (RunFolder, Marker)? {
    let folder = try RunFolder.open(in: rootdir, observer: observer)
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
}
