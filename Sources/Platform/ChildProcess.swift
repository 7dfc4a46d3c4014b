import CLinux
import Glibc

/// A process that we started.
public final class ChildProcess {
  public let pid: Int32
  /// Becomes readable when the process ends.
  public let handle: ProcessHandle

  /// How a process ended.
  public enum End: Equatable, Sendable {
    case exited(Int32)
    case signaled(Int32)

    /// The status that a shell would give: the exit status, or 128 + the signal's number.
    public var shellStatus: Int32 {
      switch self {
      case .exited(let status): status
      case .signaled(let signal): 128 + signal
      }
    }
  }

  /// What to start.
  public enum Program {
    case arguments([String])
    /// This many of the last arguments of this process, byte for byte: they need not be UTF-8.
    case lastOfOwnArguments(Int)
  }

  /// Starts a program, whose name is looked up in PATH if it has no slash.
  ///
  /// The child has our process group, so that a terminal's Ctrl-C, Ctrl-Z and `fg` reach both alike, unless `newSession`.
  /// - Parameters:
  ///   - changes: variables to set (or, where nil, to unset) in an environment that is otherwise ours, byte for byte.
  ///   - descriptors: what the child's descriptors are, by number. The others it inherits, except those that we opened.
  /// - Throws: `ENOENT` if there is no such program, `EACCES` and others if it can't be run.
  public init(
    _ program: Program, environment changes: [String: String?] = [:], descriptors: [Int32: FileDescriptor] = [:],
    newSession: Bool = false
  ) throws(SystemError) {
    let argv = Self.argv(of: program) + [nil]
    let envp = Self.environment(with: changes) + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    guard let name = argv.first ?? nil else { throw SystemError(code: ENOENT, call: "posix_spawn", subject: "") }
    let subject = String(cString: name)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, descriptor) in descriptors {
      posix_spawn_file_actions_adddup2(&actions, descriptor.raw, number)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The child starts with the signals that a program expects: none blocked, none ignored by us.
    var none = Signals.set([])
    var defaults = Signals.set(Signals.failedWrites)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    var flags = Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
    if newSession { flags |= clinux_spawn_setsid() }
    posix_spawnattr_setflags(&attributes, flags)

    // Reserves a descriptor, so that none is missing to watch the child when it runs.
    guard let reserve = ProcessHandle(pid: getpid()) else { throw SystemError.last("pidfd_open", subject) }
    var pid: pid_t = 0
    var code = posix_spawnp(&pid, name, &actions, &attributes, argv, envp)
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    if code == ENOEXEC, let script = Self.find(subject, path: path) {
      // A script that doesn't say by what it is run: as execvp(3) does it, and with it a shell, env(1) and timeout(1).
      let words: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/sh"), strdup(script)]
      defer { for word in words { free(word) } }
      code = posix_spawn(&pid, "/bin/sh", &actions, &attributes, words + argv.dropFirst(), envp)
    }
    guard code == 0 else { throw SystemError(code: code, call: "posix_spawn", subject: subject) }
    reserve.descriptor.close()
    guard let handle = ProcessHandle(pid: pid) else {
      let error = SystemError.last("pidfd_open", subject)
      // Nobody could pass signals on to it.
      kill(pid, SIGKILL)
      _ = Self.wait(for: pid)
      throw error
    }
    self.pid = pid
    self.handle = handle
  }

  /// The file that a program's name stands for, as a shell finds it.
  /// - Parameter path: what PATH has.
  public static func find(_ name: String, path: String) -> String? {
    if name.contains("/") { return name }
    return path.split(separator: ":").lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  /// Waits until the process has ended, and reaps it.
  public func wait() -> End { Self.wait(for: pid) }

  private static func wait(for pid: Int32) -> End {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) == -1 {
      if errno != EINTR { return .exited(unknownEnd) }
    }
    return clinux_exited(status) != 0 ? .exited(clinux_exit_status(status)) : .signaled(clinux_term_signal(status))
  }

  /// EX_SOFTWARE of sysexits.h: waitpid(2) fails only for a child that isn't ours.
  private static let unknownEnd: Int32 = 70

  private static func argv(of program: Program) -> [UnsafeMutablePointer<CChar>?] {
    switch program {
    case .arguments(let arguments): return arguments.map { strdup($0) }
    case .lastOfOwnArguments(let count):
      let total = Int(Swift.CommandLine.argc)
      return (max(0, total - count)..<total).map { Swift.CommandLine.unsafeArgv[$0].flatMap { strdup($0) } }
    }
  }

  private static func environment(with changes: [String: String?]) -> [UnsafeMutablePointer<CChar>?] {
    var result: [UnsafeMutablePointer<CChar>?] = []
    var next = environ
    while let entry = next.pointee {
      let name = String(String(cString: entry).prefix { $0 != "=" })
      if changes[name] == nil { result.append(strdup(entry)) }
      next += 1
    }
    for case (let name, let value?) in changes { result.append(strdup("\(name)=\(value)")) }
    return result
  }
}
