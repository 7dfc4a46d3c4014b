import CLinux
import Glibc

/// Which process this is, such that neither a reused process id, nor a reboot, nor another container's process ids
/// can be taken for it.
public struct ProcessIdentity: Codable, Equatable, Sendable {
  public let pid: Int32
  /// When the process started, in clock ticks since boot: field 22 of /proc/PID/stat, see proc(5).
  public let startTime: UInt64
  /// /proc/sys/kernel/random/boot_id
  public let bootID: String
  /// The inode of the process id namespace: what /proc/self/ns/pid links to, see pid_namespaces(7).
  public let pidNamespace: String

  enum CodingKeys: String, CodingKey {
    case pid
    case startTime = "start_time"
    case bootID = "boot_id"
    case pidNamespace = "pid_namespace"
  }

  public init(pid: Int32, startTime: UInt64, bootID: String, pidNamespace: String) {
    self.pid = pid
    self.startTime = startTime
    self.bootID = bootID
    self.pidNamespace = pidNamespace
  }

  /// The identity of a process that runs now, in our own namespace; nil if there is none.
  public init?(of pid: Int32) {
    guard pid > 0, let startTime = Self.startTime(of: pid) else { return nil }
    self.init(pid: pid, startTime: startTime, bootID: Self.currentBootID, pidNamespace: Self.currentNamespace)
  }

  /// This process's.
  /// - Throws: where /proc isn't mounted.
  public static func own() throws(SystemError) -> ProcessIdentity {
    guard let own = ProcessIdentity(of: getpid()) else {
      throw SystemError(code: ENOENT, call: "open", subject: "/proc/self/stat, which must be mounted")
    }
    return own
  }

  /// The name of the program that a process of our own namespace runs, at most 15 bytes of it; nil if there is none.
  public static func name(of pid: Int32) -> String? { pid > 0 ? readLine("/proc/\(pid)/comm") : nil }

  /// Whether processes can be told apart here, which takes a mounted /proc.
  public static let canBeKnown = startTime(of: getpid()) != nil

  /// Whether this process runs now; nil where that can't be known, as for a process of another container.
  public var isAlive: Bool? {
    guard Self.canBeKnown else { return nil }
    if bootID != Self.currentBootID { return false }
    if pidNamespace != Self.currentNamespace { return nil }
    return Self.startTime(of: pid) == startTime
  }

  /// The process itself, held by a descriptor, so that a signal can't reach another one that got its id.
  public func open() -> ProcessHandle? {
    guard isAlive == true, let handle = ProcessHandle(pid: pid) else { return nil }
    // Checked once more: from here on the descriptor means this process.
    return isAlive == true ? handle : nil
  }

  private static let currentBootID = readLine("/proc/sys/kernel/random/boot_id") ?? "unknown"
  private static let currentNamespace: String = {
    var buffer = [CChar](repeating: 0, count: 256)
    let count = readlink("/proc/self/ns/pid", &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) : "unknown"
  }()

  private static func startTime(of pid: Int32) -> UInt64? {
    guard let line = readLine("/proc/\(pid)/stat"), let name = line.lastIndex(of: ")") else { return nil }
    // After the name, which may hold anything, come fields 3 and following. A zombie (Z) is as good as gone.
    let fields = line[line.index(after: name)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return UInt64(fields[19])
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

  /// - Returns: whether the signal was sent; not when the process has ended.
  @discardableResult
  public func send(_ signal: Int32) -> Bool { clinux_pidfd_send_signal(descriptor.raw, signal) == 0 }

  /// Waits until the process ends.
  /// - Returns: whether it ended before the deadline.
  public func waitForEnd(until deadline: Instant) -> Bool {
    while true {
      var descriptors = [pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)]
      let left = deadline.seconds - Instant.now().seconds
      let result = poll(&descriptors, 1, Int32(max(0, min(left * 1000, 3_600_000))))
      if result > 0 { return true }
      if result == 0 && Instant.now() >= deadline { return false }
    }
  }
}
