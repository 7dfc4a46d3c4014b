import CLinux
import Glibc

/// Tells one process from all others: from a later one with the same id, also after a reboot, and from one with the same id
/// in another container.
public struct ProcessIdentity: Codable, Equatable, Sendable {
  public let pid: Int32
  /// When the process started, in clock ticks since boot: field 22 of /proc/PID/stat, see proc(5).
  public let startTime: UInt64
  /// /proc/sys/kernel/random/boot_id
  public let bootID: String
  /// The inode of the process id namespace: what /proc/self/ns/pid links to, see pid_namespaces(7).
  public let pidNamespace: String
  /// The inode of the time namespace: in another one the same process has another start time, see time_namespaces(7).
  /// Nil before Linux 5.6.
  public let timeNamespace: String?

  enum CodingKeys: String, CodingKey {
    case pid
    case timeNamespace = "time_namespace"
    case startTime = "start_time"
    case bootID = "boot_id"
    case pidNamespace = "pid_namespace"
  }

  public init(pid: Int32, startTime: UInt64, bootID: String, pidNamespace: String, timeNamespace: String? = nil) {
    self.pid = pid
    self.startTime = startTime
    self.bootID = bootID
    self.pidNamespace = pidNamespace
    self.timeNamespace = timeNamespace
  }

  /// The identity of a process that runs now, in our own namespace; nil if there is none.
  public init?(of pid: Int32) {
    guard pid > 0, let found = Self.look(at: pid) else { return nil }
    self.init(
      pid: pid, startTime: found.startTime, bootID: Self.currentBootID, pidNamespace: Self.currentPIDNamespace,
      timeNamespace: Self.currentTimeNamespace)
  }

  /// This process's.
  /// - Throws: where /proc can't be read.
  public static func own() throws(SystemError) -> ProcessIdentity {
    if let own = ProcessIdentity(of: getpid()) { return own }
    // Why, if it can be told: a process may have too many files open, or /proc may not be mounted.
    _ = FileDescriptor(
      try SystemError.check("open", "/proc/self/stat") { Glibc.open("/proc/self/stat", O_RDONLY | O_CLOEXEC) })
    throw SystemError(code: EINVAL, call: "read", subject: "/proc/self/stat")
  }

  /// The processes above this one, its parent first, as far as they can be seen.
  public static func ancestors() -> [ProcessIdentity] {
    var found: [ProcessIdentity] = []
    var next = getppid()
    while let seen = look(at: next), let one = ProcessIdentity(of: next), !found.contains(one) {
      found.append(one)
      next = seen.parent
    }
    return found
  }

  /// The name of the program that a process of our own namespace runs, at most 15 bytes of it; nil if there is none.
  public static func name(of pid: Int32) -> String? { pid > 0 ? readLine("/proc/\(pid)/comm") : nil }

  /// Whether processes can be told apart here, which takes a mounted /proc.
  public static let canBeKnown = access("/proc/self/stat", R_OK) == 0

  /// Whether this process runs now; nil where that can't be known, as for a process of another container.
  public var isAlive: Bool? {
    guard Self.canBeKnown else { return nil }
    let boots = [bootID, Self.currentBootID]
    if boots[0] != boots[1] && !boots.contains(Self.unknown) { return false }
    if pidNamespace != Self.currentPIDNamespace { return nil }
    guard let found = Self.look(at: pid) else { return false }
    if let timeNamespace, timeNamespace != Self.currentTimeNamespace { return nil }
    return found.startTime == startTime
  }

  /// Whether this process has begun to end: its files can't be seen any more, but are open until the kernel has closed them.
  public var isEnding: Bool {
    // PF_EXITING: <https://github.com/torvalds/linux/blob/master/include/linux/sched.h>.
    isAlive == true && (Self.look(at: pid)?.flags ?? 0) & 0x4 != 0
  }

  /// The process itself, held by a descriptor, so that a signal can't reach another one that got its id.
  public func open() -> ProcessHandle? {
    guard isAlive == true, let handle = ProcessHandle(pid: pid) else { return nil }
    // Checked once more: from here on the descriptor means this process.
    return isAlive == true ? handle : nil
  }

  private static let unknown = "unknown"
  private static let currentBootID = readLine("/proc/sys/kernel/random/boot_id") ?? unknown
  private static let currentPIDNamespace = namespace("pid") ?? unknown
  private static let currentTimeNamespace = namespace("time")

  private static func namespace(_ kind: String) -> String? {
    SymbolicLink.target(of: "/proc/self/ns/\(kind)")
  }

  private static func look(at pid: Int32) -> (parent: Int32, flags: UInt64, startTime: UInt64)? {
    guard pid > 0, let line = readLine("/proc/\(pid)/stat"), let name = line.lastIndex(of: ")") else { return nil }
    // The name, which is field 2, may hold anything.
    let fields = line[line.index(after: name)...].split(separator: " ")
    let (state, parent, flags, startTime) = (3 - 3, 4 - 3, 9 - 3, 22 - 3)
    // A zombie (Z) has ended already, but for its parent's question how.
    guard fields.count > startTime, !["Z", "X"].contains(fields[state]), let parent = Int32(fields[parent]),
      let flags = UInt64(fields[flags]), let startTime = UInt64(fields[startTime])
    else { return nil }
    return (parent, flags, startTime)
  }

  private static func readLine(_ path: String) -> String? {
    let raw = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard raw >= 0, let bytes = try? FileDescriptor(raw).readAll(limit: 65536) else { return nil }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }
}

/// A process, held by a pidfd: becomes readable when the process ends.
public final class ProcessHandle {
  public let descriptor: FileDescriptor

  /// Nil when no process has this id.
  public init?(pid: Int32) {
    let raw = clinux_pidfd_open(pid)
    guard raw >= 0 else { return nil }
    descriptor = FileDescriptor(raw)
  }

  /// - Returns: whether the signal was sent; false when the process has ended.
  @discardableResult
  public func send(_ signal: Int32) -> Bool { clinux_pidfd_send_signal(descriptor.raw, signal) == 0 }

  /// Waits until the process ends.
  /// - Returns: whether it ended before the deadline.
  public func waitForEnd(until deadline: Instant) -> Bool {
    while true {
      var descriptors = [pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)]
      let result = poll(&descriptors, 1, deadline.pollTimeout())
      if result > 0 { return true }
      if result == 0 && Instant.now() >= deadline { return false }
    }
  }
}
