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
      // The watch comes first: what happens between the look and the wait then ends the wait.
      let (watch, eventsArrive) = makeWatch()
      if let found = try look() { return found }
      var left = deadline.seconds - Instant.now().seconds
      if left <= 0 { throw .timedOut(waiting: timeout, folder: RunFolder.path(in: rootdir)) }
      if !eventsArrive {
        left = min(left, interval)
        interval = min(interval * polling.factor, polling.maximum)
      }
      var descriptors = watch.map { [pollfd(fd: $0.descriptor.raw, events: Int16(POLLIN), revents: 0)] } ?? []
      poll(&descriptors, nfds_t(descriptors.count), Int32(min(left * 1000, 3_600_000).rounded(.up)))
    }
  }

  private func look() throws(CoordinationError) -> (RunFolder, Marker)? {
    let folder = try RunFolder.open(in: rootdir)
    let marker = try folder?.marker()
    // Read after the lock was found held: what a dead run left there is only overwritten by the next holder.
    let holder = try folder?.isLive() == true ? folder?.holder() : nil
    if let runID, holder?.runID != runID { throw .ended(runID: runID) }
    guard let folder, let holder, let marker, marker.runID == holder.runID,
      marker.controller.isAlive != false
    else { return nil }
    return (folder, marker)
  }

  /// A watch on the run's folder, or, where there is none yet, on the folder that it will appear in.
  private func makeWatch() -> (DirectoryWatch?, eventsArrive: Bool) {
    let watch = (try? DirectoryWatch(RunFolder.path(in: rootdir))) ?? (try? DirectoryWatch(rootdir))
    return (watch, watch != nil && FileSystemKind(of: rootdir) == .local)
  }
}
