import Glibc

/// Waits for whatever happens first among descriptors and deadlines, by poll(2).
public final class EventLoop {
  private struct Source {
    let descriptor: FileDescriptor
    let handler: () throws -> Void
  }

  private var sources: [Source] = []
  private var alarms: [(at: Instant, handler: () throws -> Void)] = []
  private var isRunning = false

  public init() {}

  /// Calls `handler` whenever the descriptor can be read or is at its end.
  public func watch(_ descriptor: FileDescriptor, _ handler: @escaping () throws -> Void) {
    sources.append(Source(descriptor: descriptor, handler: handler))
  }

  public func unwatch(_ descriptor: FileDescriptor) {
    sources.removeAll { $0.descriptor === descriptor }
  }

  /// Calls `handler` once, when the moment comes.
  public func at(_ moment: Instant, _ handler: @escaping () throws -> Void) {
    alarms.append((moment, handler))
  }

  /// Ends `run` after the handler that calls this.
  public func stop() { isRunning = false }

  /// Runs until `stop`, or until a handler throws. Then it forgets all that it watched, because handlers hold the loop.
  /// - Throws: what a handler throws, or the error of poll(2).
  public func run() throws {
    isRunning = true
    defer {
      sources = []
      alarms = []
    }
    while isRunning {
      let now = Instant.now()
      if let due = alarms.firstIndex(where: { $0.at <= now }) {
        try alarms.remove(at: due).handler()
        continue
      }
      let forever: Int32 = -1
      let timeout = alarms.map(\.at).min()?.pollTimeout(from: now) ?? forever
      var descriptors = sources.map { pollfd(fd: $0.descriptor.raw, events: Int16(POLLIN), revents: 0) }
      guard poll(&descriptors, nfds_t(descriptors.count), timeout) >= 0 else {
        if errno == EINTR { continue }
        throw SystemError.last("poll", "events")
      }
      if descriptors.contains(where: { $0.revents & Int16(POLLNVAL) != 0 }) {
        throw SystemError(code: EBADF, call: "poll", subject: "events")
      }
      let ready = zip(descriptors, sources).filter { $0.0.revents != 0 }.map { $0.1 }
      // A handler may have unwatched a later one, or stopped the loop.
      for source in ready where isRunning && sources.contains(where: { $0.descriptor === source.descriptor }) {
        try source.handler()
      }
    }
  }
}
