import CLinux
import Glibc

/// An advisory lock on a file, flock(2). It belongs to the open file: the kernel drops it when its holder dies, however
/// that happened, so a lock is never stale.
public final class FileLock {
  private let file: FileDescriptor
  private let name: String
  private let folder: Directory

  private init(_ file: FileDescriptor, _ name: String, _ folder: Directory) {
    self.file = file
    self.name = name
    self.folder = folder
  }

  /// Takes the lock, making the file if need be; nil when somebody else holds it.
  /// - Throws: `ENOENT` when the folder has been removed meanwhile.
  public static func take(_ name: String, in folder: Directory) throws(SystemError) -> FileLock? {
    try acquire(name, in: folder, flags: LOCK_EX | LOCK_NB)
  }

  /// Takes the lock, waiting for its holder at most until `deadline`; nil when that passes.
  /// - Throws: `ENOENT` when the folder has been removed meanwhile: its holder is done, and one starts over.
  public static func wait(for name: String, in folder: Directory, until deadline: Instant) throws(SystemError)
    -> FileLock?
  {
    // flock(2) has no timeout, but a signal whose handler was installed without SA_RESTART ends it with EINTR.
    try AlarmClock.run(until: deadline) { () throws(SystemError) -> FileLock? in
      try acquire(name, in: folder, flags: LOCK_EX, until: deadline)
    }
  }

  /// Whether somebody holds the lock now. Never makes the file.
  public static func isHeld(_ name: String, in folder: Directory) throws(SystemError) -> Bool {
    let file: FileDescriptor
    do {
      file = try folder.openForLock(name, create: false)
    } catch {
      if error.code == ENOENT { return false }
      throw error
    }
    if flock(file.raw, LOCK_SH | LOCK_NB) == 0 { return false }
    if errno == EWOULDBLOCK { return true }
    throw SystemError.last("flock", "\(folder.path)/\(name)")
  }

  /// Whether a process has the lock now, alone or shared with a process that it inherited it from.
  ///
  /// The kernel says so of each file that the process has open: proc_pid_fdinfo(5). What is written in the locked file is no
  /// proof: everybody who ever had it open could have written that.
  public static func isHeld(_ name: String, in folder: Directory, by pid: Int32) -> Bool {
    guard let descriptors = try? Directory.open("/proc/\(pid)/fd"),
      let information = try? Directory.open("/proc/\(pid)/fdinfo"), let numbers = try? descriptors.names()
    else { return false }
    for number in numbers where folder.isSame(name, as: "/proc/\(pid)/fd/\(number)") {
      let lines = String(decoding: ((try? information.read(number)) ?? nil) ?? [], as: UTF8.self).split(separator: "\n")
      if lines.contains(where: { $0.hasPrefix("lock:") && $0.contains("FLOCK") && $0.contains("WRITE") }) {
        return true
      }
    }
    return false
  }

  private static func acquire(_ name: String, in folder: Directory, flags: Int32, until deadline: Instant? = nil)
    throws(SystemError) -> FileLock?
  {
    while true {
      let file = try folder.openForLock(name, create: true)
      while flock(file.raw, flags) != 0 {
        if errno == EWOULDBLOCK { return nil }
        if errno != EINTR { throw SystemError.last("flock", "\(folder.path)/\(name)") }
        if let deadline, Instant.now() >= deadline { return nil }
      }
      // Whoever held it before us removes the file with the run: then this is a lock on nothing.
      if try folder.isSame(name, file) { return FileLock(file, name, folder) }
    }
  }

  /// Whether the file that is locked is still the one by its name: else this is a lock on nothing.
  public var isInPlace: Bool { (try? folder.isSame(name, file)) ?? false }

  /// What the holder wrote into the locked file, so that others can say for whom they wait.
  public func write(_ bytes: [UInt8]) throws(SystemError) {
    try SystemError.check("ftruncate", "lock") { ftruncate(file.raw, 0) }
    try file.writeAll(bytes)
  }

  public func release() { file.close() }
}

/// Interrupts a blocking system call of this thread at a deadline.
private enum AlarmClock {
  /// The shortest time until the first ring, in seconds: 0 would mean never, timer_settime(2).
  private static let shortest = 0.001
  /// Between further rings, in seconds. The first may come just before the call that it is to interrupt.
  private static let interval = 0.05

  static func run<T>(until deadline: Instant, _ body: () throws(SystemError) -> T) throws(SystemError) -> T {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in }
    sigaction(SIGALRM, &action, nil)
    // Whoever started us may have had the signal blocked.
    var ours = Signals.set([SIGALRM])
    var mask = sigset_t()
    pthread_sigmask(SIG_UNBLOCK, &ours, &mask)
    let first = max(deadline.seconds - Instant.now().seconds, shortest)
    var timer: timer_t?
    try SystemError.check("timer_create", "timer") { clinux_start_timer(&timer, SIGALRM, first, interval) }
    defer {
      timer_delete(timer)
      pthread_sigmask(SIG_SETMASK, &mask, nil)
    }
    return try body()
  }
}
