import CLinux
import Glibc

/// What this process may use of the machine.
public enum Resources {
  /// Processors: those that it may run on (sched_getaffinity(2)), or fewer where its control group has a quota.
  public static func processors() -> Double {
    let allowed = max(1, Double(clinux_allowed_processors()))
    return ControlGroup.containing().compactMap(\.processorQuota).reduce(allowed, min)
  }

  /// Memory that can be had without swapping, in bytes, as far as the system tells.
  public static func freeMemory() -> Int? {
    let available = field("MemAvailable:", in: text(of: "/proc/meminfo") ?? "").map { $0 * 1024 }
    return (ControlGroup.containing().compactMap(\.freeMemory) + [available].compactMap { $0 }).min()
  }

  private static func field(_ name: String, in text: String) -> Int? {
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
  }

  static func text(of path: String) -> String? {
    let raw = open(path, O_RDONLY | O_CLOEXEC)
    guard raw >= 0, let bytes = try? FileDescriptor(raw).readAll(limit: 1 << 20) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A control group: cgroups(7). Where both versions are mounted, either may limit.
struct ControlGroup {
  let path: String

  /// Those that this process is in, with all above them: a limit holds for everything below it.
  static func containing(
    membership: String = "/proc/self/cgroup", mount: String = "/sys/fs/cgroup"
  ) -> [ControlGroup] {
    (Resources.text(of: membership) ?? "").split(separator: "\n").flatMap { line -> [ControlGroup] in
      // ID:CONTROLLERS:PATH; of version 2 without controllers.
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return [] }
      var roots = [mount]
      if !parts[1].isEmpty {
        let controllers = parts[1].split(separator: ",").filter { ["cpu", "memory"].contains($0) }
        if controllers.isEmpty { return [] }
        // Systems mount them by their full name, and link the single names there, or the other way round.
        roots = Set(controllers + [parts[1]]).sorted().map { "\(mount)/\($0)" }
      }
      let names = parts[2].split(separator: "/").filter { $0 != ".." }
      return roots.flatMap { root in
        (0...names.count).map {
          ControlGroup(path: ([root] + names.prefix($0).map(String.init)).joined(separator: "/"))
        }
      }
    }
  }

  /// How many processors it may use; nil: as many as there are.
  var processorQuota: Double? {
    if let words = words("cpu.max"), words.count == 2, let quota = Double(words[0]), let period = Double(words[1]) {
      return Self.ratio(quota, period)
    }
    guard let quota = number("cpu.cfs_quota_us"), let period = number("cpu.cfs_period_us") else { return nil }
    return Self.ratio(Double(quota), Double(period))
  }

  private static func ratio(_ quota: Double, _ period: Double) -> Double? {
    quota > 0 && period > 0 && (quota / period).isFinite ? quota / period : nil
  }

  /// What it may still take, in bytes; nil: no limit.
  var freeMemory: Int? {
    let pairs = [("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes")]
    return pairs.compactMap { limit, usage in
      guard let limit = number(limit), let usage = number(usage) else { return nil }
      return max(0, limit.subtractingReportingOverflow(max(0, usage)).partialValue)
    }.min()
  }

  private func number(_ name: String) -> Int? { words(name)?.first.flatMap { Int($0) } }

  private func words(_ name: String) -> [Substring]? {
    Resources.text(of: "\(path)/\(name)")?.split { $0 == " " || $0 == "\n" }
  }
}
