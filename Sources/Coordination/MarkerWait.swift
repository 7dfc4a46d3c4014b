import Glibc
import Platform

/// A worker's wait for the marker of a live run.
public struct MarkerWait {
  /// How to look again where events don't arrive; all in seconds.
  public struct Polling: Sendable {
    public let interval: Double
    public let factor: Double
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
  /// - Throws: `timedOut` after `timeout` seconds; `ended` where a certain run is asked for that nobody holds any more, for
  ///   it won't come back; `untrusted` as soon as something isn't what it should be.
  public func run(timeout: Double) throws(CoordinationError) -> (RunFolder, Marker) {
    let deadline = Instant.now().advanced(by: timeout)
    var interval = polling.interval
    while true {
      // The watches come first: what happens between the look and the wait then ends the wait.
      let watches = Self.watches(rootdir)
      if let found = try look() { return found }
      var left = deadline.seconds - Instant.now().seconds
      if left <= 0 { throw .timedOut(waiting: timeout, folder: RunFolder.path(in: rootdir)) }
      if watches.isEmpty || FileSystemKind(of: rootdir) != .local {
        left = min(left, interval)
        interval = min(interval * polling.factor, polling.maximum)
      }
      var descriptors = watches.map { pollfd(fd: $0.descriptor.raw, events: Int16(POLLIN), revents: 0) }
      poll(&descriptors, nfds_t(descriptors.count), Int32(min(left * 1000, 3_600_000).rounded(.up)))
    }
  }

  private func look() throws(CoordinationError) -> (RunFolder, Marker)? {
    let folder = try RunFolder.open(in: rootdir)
    let marker = try folder?.marker()
    // Read after the locks were found held: what a dead run left there is only overwritten by the next holder.
    let holders = try folder?.holders().compactMap { $0 } ?? []
    if let runID, !holders.contains(where: { $0.runID == runID }) { throw .ended(runID: runID) }
    guard let folder, let marker else { return nil }
    if holders.contains(where: { $0.runID == marker.runID && $0.controller == marker.controller }),
      marker.controller.isAlive != false
    {
      return (folder, marker)
    }
    // The controller of a pytest below a command has died: the command's run goes on, but not what was asked for. Unless
    // another pytest has just begun there, and will put its marker in this one's place.
    if let runID, runID == marker.runID, !holders.contains(where: { $0.kind == .pytest }) {
      throw .ended(runID: runID)
    }
    return nil
  }

  /// Watches on the folder that the run's folder is or will be in, and on that itself if it is there. In this order: one
  /// that is made too late to be watched is an event.
  static func watches(_ rootdir: String) -> [DirectoryWatch] {
    [rootdir, RunFolder.path(in: rootdir)].compactMap { try? DirectoryWatch($0) }
  }
}
