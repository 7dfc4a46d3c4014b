import Glibc
import Platform

/// `ROOTDIR/.testmon_xdist`, where the processes of a run find each other: opened, checked, read and cleared here alone.
public struct RunFolder {
  public static let name = ".testmon_xdist"
  static let lockName = "lock"
  /// Held by a pytest below `controller -- COMMAND`, so that two of them don't prepare the same file at once.
  static let sessionLockName = "session"
  private static let ignoreName = ".gitignore"

  public let directory: Directory

  public static func path(in rootdir: String) -> String { rootdir == "/" ? "/\(name)" : "\(rootdir)/\(name)" }

  /// The folder as it is; nil when there is none.
  /// - Throws: `untrusted` when it isn't a folder that this user alone can write.
  public static func open(in rootdir: String) throws(CoordinationError) -> RunFolder? {
    let path = path(in: rootdir)
    let directory: Directory
    do {
      directory = try Directory.open(path)
    } catch {
      switch error.code {
      case ENOENT: return nil
      case ENOTDIR, ELOOP:
        throw .untrusted(
          path: path, reason: Directory.isSymbolicLink(path) ? "it is a symbolic link" : "it is not a folder")
      default: throw .system(error)
      }
    }
    // Who may enter it may take the lock.
    if let problem = directory.privacyProblem { throw .untrusted(path: path, reason: problem.explanation) }
    return RunFolder(directory: directory)
  }

  /// The folder, made if need be.
  static func make(in rootdir: String) throws(CoordinationError) -> RunFolder {
    let path = path(in: rootdir)
    // Each further attempt is for an ending run that has removed it in between.
    for _ in 0..<100 {
      do {
        try Directory.make(path, mode: 0o700)
      } catch {
        throw .system(error)
      }
      if let folder = try open(in: rootdir) { return folder }
    }
    throw .untrusted(path: path, reason: "it is made, and gone at once, again and again")
  }

  // MARK: what lies in it

  /// Whether a run holds the folder now: the kernel's word, whatever the files say.
  public func isLive() throws(CoordinationError) -> Bool {
    try system { () throws(SystemError) in try FileLock.isHeld(Self.lockName, in: directory) }
  }

  /// Whether this very run holds the folder now.
  public func isLive(asRun runID: String) throws(CoordinationError) -> Bool {
    try isLive() ? try holder()?.runID == runID : false
  }

  public func holder() throws(CoordinationError) -> Holder? { try holder(of: Self.lockName) }

  /// Who holds one of the locks, as far as the holder has said so yet.
  func holder(of lock: String) throws(CoordinationError) -> Holder? {
    try read(lock).flatMap { JSON.decode(Holder.self, from: $0) }
  }

  /// - Throws: `untrusted` when there is a marker that isn't one, or is of another protocol.
  public func marker() throws(CoordinationError) -> Marker? {
    struct Version: Decodable { let `protocol`: Int }
    guard let bytes = try read(Marker.fileName) else { return nil }
    let path = "\(directory.path)/\(Marker.fileName)"
    guard let version = JSON.decode(Version.self, from: bytes)?.protocol else {
      throw .untrusted(path: path, reason: "it is damaged")
    }
    guard version == Marker.currentProtocol else {
      throw .untrusted(
        path: path, reason: "it speaks protocol \(version); this testmon-xdist speaks \(Marker.currentProtocol)")
    }
    guard let marker = JSON.decode(Marker.self, from: bytes) else {
      throw .untrusted(path: path, reason: "it is damaged")
    }
    return marker
  }

  /// The acknowledgements of this run; those of others, and whatever else is no acknowledgement, are passed over.
  public func acknowledgements(of runID: String) throws(CoordinationError) -> [Acknowledgement] {
    var found: [Acknowledgement] = []
    for name in try names() where Acknowledgement.isFileName(name) {
      guard let bytes = try? directory.read(name), let one = JSON.decode(Acknowledgement.self, from: bytes) else {
        continue
      }
      if one.runID == runID && Acknowledgement.fileName(of: one.workerID) == name { found.append(one) }
    }
    return found
  }

  /// - Throws: `ended` when the run has just removed its folder.
  public func write(_ acknowledgement: Acknowledgement) throws(CoordinationError) {
    do {
      try directory.write(JSON.encode(acknowledgement), to: Acknowledgement.fileName(of: acknowledgement.workerID))
    } catch {
      throw error.code == ENOENT ? .ended(runID: acknowledgement.runID) : .system(error)
    }
  }

  func write(_ bytes: [UInt8], to name: String) throws(CoordinationError) {
    try system { () throws(SystemError) in try directory.write(bytes, to: name) }
  }

  func read(_ name: String) throws(CoordinationError) -> [UInt8]? {
    do {
      return try directory.read(name)
    } catch {
      if error.code == EINVAL || error.code == ELOOP || error.code == EFBIG {
        throw .untrusted(path: "\(directory.path)/\(name)", reason: "it is not a small regular file")
      }
      throw .system(error)
    }
  }

  /// Takes one of the locks, waiting for its holder at most until `deadline`; nil when that passes.
  func wait(for lock: String, until deadline: Instant) throws(CoordinationError) -> FileLock? {
    try system { () throws(SystemError) in try FileLock.wait(for: lock, in: directory, until: deadline) }
  }

  public func names() throws(CoordinationError) -> [String] {
    try system { () throws(SystemError) in try directory.names() }
  }

  // MARK: clearing

  /// Whether a file by this name is one that we make.
  public static func isOurs(_ name: String) -> Bool {
    [lockName, sessionLockName, ignoreName, Marker.fileName].contains(name) || isSignal(name)
  }

  /// Whether it is a file that a session leaves: an acknowledgement, or a file that was being written.
  private static func isSignal(_ name: String) -> Bool {
    Acknowledgement.isFileName(name) || (name.hasPrefix(".") && name.hasSuffix(".tmp"))
  }

  func writeIgnore() throws(CoordinationError) { try write(Array("*\n".utf8), to: Self.ignoreName) }

  /// Removes what sessions left, but not the locks: the folder as a new session wants it.
  func removeSignals() throws(CoordinationError) {
    try remove(Marker.fileName)
    for name in try names() where Self.isSignal(name) { try remove(name) }
  }

  /// Removes every file of ours, the lock last, and then the folder, unless somebody else put something in it. To be
  /// called by whoever holds the lock.
  /// - Returns: the names that are not ours, and were left.
  @discardableResult
  func removeAll() throws(CoordinationError) -> [String] {
    while true {
      try removeSignals()
      for name in [Self.sessionLockName, Self.ignoreName, Self.lockName] { try remove(name) }
      if Directory.removeIfEmpty(directory.path) { return [] }
      let left = try names()
      let foreign = left.filter { !Self.isOurs($0) }
      if !foreign.isEmpty { return foreign }
      // A worker has acknowledged in between; or a new run has taken the folder, and then it isn't ours any more.
      if left.contains(Self.lockName) { return [] }
    }
  }

  private func remove(_ name: String) throws(CoordinationError) {
    do {
      try directory.remove(name)
    } catch {
      if error.code == EISDIR { throw .untrusted(path: "\(directory.path)/\(name)", reason: "it is a folder") }
      throw .system(error)
    }
  }
}

func system<T>(_ body: () throws(SystemError) -> T) throws(CoordinationError) -> T {
  do {
    return try body()
  } catch {
    throw .system(error)
  }
}

extension RunFolder {
  /// The coordination folder that a path is, or lies in.
  public static func containing(_ path: String) -> String {
    path.hasSuffix("/\(name)")
      ? path : path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }
}
