import Glibc
import Testing

@testable import Platform

/// What this process may use of the machine.
@Suite struct ResourcesTests {
  private let root: TemporaryTree

  init() throws { root = try TemporaryTree() }

  @Test func thisMachineHasAProcessorAndMemory() throws {
    #expect((0.1...8192).contains(Resources.processors()))
    #expect(Resources.processors() <= Double(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    #expect(try #require(Resources.freeMemory()) > 1 << 20)
  }

  @Test func aQuotaOfTheSecondVersion() throws {
    try root.write("0::/a/b\n", "self")
    let group = ControlGroup.containing(membership: root("self"), mount: root("cgroup"))
    #expect(group.map(\.path) == ["", "/a", "/a/b"].map { root("cgroup") + $0 })
    try root.write("max 100000\n", "cgroup/cpu.max")
    try root.write("150000 100000\n", "cgroup/a/cpu.max")
    try root.write("1000\n", "cgroup/a/memory.max")
    try root.write("400\n", "cgroup/a/memory.current")
    try root.write("max\n", "cgroup/a/b/memory.max")
    #expect(group.map(\.processorQuota) == [nil, 1.5, nil])
    #expect(group.map(\.freeMemory) == [nil, 600, nil])
  }

  @Test func aQuotaOfTheFirstVersion() throws {
    try root.write("5:cpu,cpuacct:/x\n4:memory:/\n3:pids:/x\n", "self")
    let group = ControlGroup.containing(membership: root("self"), mount: root("cgroup"))
    #expect(
      Set(group.map(\.path)).contains(root("cgroup/cpu,cpuacct/x")) && !group.contains { $0.path.contains("pids") })
    try root.write("50000\n", "cgroup/cpu,cpuacct/x/cpu.cfs_quota_us")
    try root.write("100000\n", "cgroup/cpu,cpuacct/x/cpu.cfs_period_us")
    try root.write("-1\n", "cgroup/cpu/x/cpu.cfs_quota_us")
    try root.write("100000\n", "cgroup/cpu/x/cpu.cfs_period_us")
    try root.write("9000\n", "cgroup/memory/memory.limit_in_bytes")
    try root.write("10000\n", "cgroup/memory/memory.usage_in_bytes")
    #expect(group.compactMap(\.processorQuota) == [0.5])
    #expect(group.compactMap(\.freeMemory) == [0])
  }

  @Test(arguments: ["", "x", "0 0", "-5 100", "1e999 1", "nan 1", "9223372036854775807 1", "1"])
  func whatIsNoQuotaIsNone(text: String) throws {
    try root.write("::\n0::\n:\n0::/../..\n", "self")
    let group = ControlGroup.containing(membership: root("self"), mount: root("cgroup"))
    try root.write(text, "cgroup/cpu.max")
    try root.write(text, "cgroup/memory.max")
    try root.write("-9223372036854775808", "cgroup/memory.current")
    for one in group {
      if let quota = one.processorQuota { #expect(quota > 0 && quota.isFinite) }
      if let memory = one.freeMemory { #expect(memory >= 0) }
    }
  }
}

/// A folder with folders in it, gone with the last reference to it.
private final class TemporaryTree {
  private let path: String
  private var made: [String] = []

  init() throws {
    var template = Array("/tmp/testmon-xdist-resources.XXXXXX".utf8CString)
    path = String(cString: try #require(mkdtemp(&template)))
  }

  deinit {
    for name in made.reversed() { remove(name) }
    rmdir(path)
  }

  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  func write(_ text: String, _ name: String) throws {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/\(part)"
      if mkdir(folder, 0o700) == 0 { made.append(folder) }
    }
    let file = open(self(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    try #require(file >= 0)
    made.append(self(name))
    try FileDescriptor(file).writeAll(Array(text.utf8))
  }
}
