import Glibc
import Platform
import Testing

@Suite struct ProcessIdentityTests {
  private let own: ProcessIdentity
  init() throws { own = try #require(ProcessIdentity(of: getpid())) }

  private func with(
    pid: Int32? = nil, startTime: UInt64? = nil, bootID: String? = nil, namespace: String? = nil,
    timeNamespace: String? = nil
  ) -> ProcessIdentity {
    ProcessIdentity(
      pid: pid ?? own.pid, startTime: startTime ?? own.startTime, bootID: bootID ?? own.bootID,
      pidNamespace: namespace ?? own.pidNamespace, timeNamespace: timeNamespace ?? own.timeNamespace)
  }

  @Test func oneThatRunsIsAlive() {
    #expect(own.pid == getpid() && own.isAlive == true && own.open() != nil)
    #expect(ProcessIdentity(of: getpid()) == own)
  }

  @Test func anotherThatHasItsIDIsNotTheSame() {
    #expect(with(startTime: own.startTime - 1).isAlive == false)
    #expect(with(startTime: own.startTime - 1).open() == nil)
    #expect(with(bootID: "another boot").isAlive == false)
    // Whatever else it says, before the last boot is over.
    #expect(with(bootID: "another boot", namespace: "pid:[1]").isAlive == false)
  }

  @Test func whatCannotBeSeenIsNotKnown() {
    #expect(with(namespace: "pid:[1]").isAlive == nil)
    #expect(with(namespace: "pid:[1]").open() == nil)
    // There, the start time of the same process is another; but that none has the id is the same everywhere.
    #expect(with(startTime: own.startTime + 100, timeNamespace: "time:[1]").isAlive == nil)
    #expect(with(pid: .max, timeNamespace: "time:[1]").isAlive == false)
  }

  /// As in a sandbox that shows nothing of /proc/sys.
  @Test func aBootThatCannotBeToldIsNoOther() {
    #expect(with(bootID: "unknown").isAlive == true)
    #expect(with(startTime: own.startTime - 1, bootID: "unknown").isAlive == false)
  }

  @Test func ancestorsAreThoseAboveUs() throws {
    let ancestors = ProcessIdentity.ancestors()
    #expect(ancestors.first?.pid == getppid() && !ancestors.contains(own))
    #expect(ancestors.allSatisfy { $0.isAlive == true } && Set(ancestors.map(\.pid)).count == ancestors.count)
  }

  @Test(arguments: [0, -1, .max, .min] as [Int32])
  func noProcessHasThisID(pid: Int32) {
    #expect(ProcessIdentity(of: pid) == nil)
    #expect(with(pid: pid).isAlive == false && with(pid: pid).open() == nil)
  }

  @Test func aZombieIsDead() throws {
    let (input, inputEnd) = try FileDescriptor.pipe()
    let child = try ChildProcess(.arguments(["cat"]), descriptors: [0: input])
    let identity = try #require(ProcessIdentity(of: child.pid))
    #expect(identity.isAlive == true)
    inputEnd.close()
    #expect(child.handle.waitForEnd(until: later))
    // It has ended, and nobody has asked how.
    #expect(identity.isAlive == false && identity.open() == nil && ProcessIdentity(of: child.pid) == nil)
    #expect(child.wait() == .exited(0))
    #expect(identity.isAlive == false)
  }

  /// /proc/PID/stat has the name in parentheses, whatever it holds.
  @Test func aProcessMayHaveAnyName() throws {
    let folder = try TemporaryFolder()
    symlink("/bin/cat", folder(") Z 1 (2 3"))
    let (input, inputEnd) = try FileDescriptor.pipe()
    let child = try ChildProcess(.arguments([folder(") Z 1 (2 3")]), descriptors: [0: input])
    #expect(ProcessIdentity(of: child.pid)?.isAlive == true)
    #expect((ProcessIdentity(of: child.pid)?.startTime ?? 0) >= own.startTime)
    inputEnd.close()
    #expect(child.wait() == .exited(0))
  }
}

@Suite struct ChildProcessTests {
  /// Runs a script, and gives what it printed and how it ended.
  private func run(
    _ script: String, environment: [String: String?] = [:], descriptors: [Int32: FileDescriptor] = [:],
    newSession: Bool = false
  ) throws -> (output: String, end: ChildProcess.End) {
    let (output, outputEnd) = try FileDescriptor.pipe()
    var descriptors = descriptors
    descriptors[1] = outputEnd
    let child = try ChildProcess(
      .arguments(["sh", "-c", script]), environment: environment, descriptors: descriptors, newSession: newSession)
    outputEnd.close()
    let bytes = try output.readAll(limit: 1 << 20)
    return (String(decoding: bytes, as: UTF8.self), child.wait())
  }

  @Test func howItEndedIsTold() throws {
    #expect(try run("exit 7").end == .exited(7))
    #expect(try run("kill -9 $$").end == .signaled(9))
    #expect(ChildProcess.End.exited(7).shellStatus == 7 && ChildProcess.End.signaled(9).shellStatus == 137)
  }

  @Test func variablesAreSetAndUnset() throws {
    let (output, _) = try run(
      #"echo "$ONE|${HOME-unset}|${PATH:+kept}""#, environment: ["ONE": "a=b\n'c'", "HOME": nil])
    #expect(output == "a=b\n'c'|unset|kept\n")
  }

  @Test func itGetsOfOursWhatItIsGivenAndNothingElse() throws {
    let (input, inputEnd) = try FileDescriptor.pipe()
    let (other, otherEnd) = try FileDescriptor.pipe()
    try inputEnd.writeAll(Array("handed over ".utf8))
    inputEnd.close()
    let (output, _) = try run("cat <&9; ls -l /proc/$$/fd", descriptors: [9: input])
    #expect(output.hasPrefix("handed over "))
    #expect(output.contains(target(of: input)), "\(output)")
    #expect(!output.contains(target(of: other)), "\(output)")
    withExtendedLifetime(otherEnd) {}
  }

  /// `pipe:[NUMBER]`
  private func target(of descriptor: FileDescriptor) -> String {
    var buffer = [CChar](repeating: 0, count: 100)
    let count = readlink("/proc/self/fd/\(descriptor.raw)", &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(count, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  @Test func itStartsWithTheSignalsThatAProgramExpects() throws {
    let (output, _) = try run("grep -E '^Sig(Blk|Ign)' /proc/self/status")
    let masks = output.split(separator: "\n").compactMap {
      $0.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
    }
    #expect(masks.count == 2 && masks.first == 0, "\(output)")
    #expect((masks.last ?? 0) & (1 << UInt64(SIGPIPE - 1)) == 0, "\(output)")
  }

  @Test func aSessionOfItsOwn() throws {
    #expect(try run("ps -o sid= -p $$ | tr -d ' \\n'; echo =$$", newSession: true).output.isSession)
    #expect(try !run("ps -o sid= -p $$ | tr -d ' \\n'; echo =$$").output.isSession)
  }

  @Test func whatCannotBeStartedIsTold() throws {
    let folder = try TemporaryFolder()
    try folder.open().write(Array("#!/bin/sh\n".utf8), to: "script")
    for (program, expected) in [
      ("no-such-program", ENOENT), (folder("none"), ENOENT), (folder("script"), EACCES), (folder.path, EACCES),
      ("", ENOENT),
    ] {
      #expect(code { _ = try ChildProcess(.arguments([program])) } == expected, "\(program)")
    }
    #expect(code { _ = try ChildProcess(.arguments([])) } == ENOENT)
  }
}

extension String {
  /// Whether this is `N=N`.
  fileprivate var isSession: Bool {
    let sides = split { "=\n".contains($0) }
    return sides.count == 2 && sides[0] == sides[1]
  }
}
