import Glibc
import Platform

/// `ROOTDIR/.testmon_xdist`, where the processes of a run find each other. Nothing else opens, checks or clears it.
public struct RunFolder {
  public static let name = ".testmon_xdist"
  static let lockName = "lock"
  static let sessionLockName = "session"
  static let ignoreName = ".gitignore"
  static let aloneName = "uncoordinated"

  /// More than enough for another command that only looks whether a lock is held, in seconds.
  static let lookDuration = 0.2

  /// How often something is tried again that another process has just undone.
  static let attempts = 100

  public let directory: Directory
  /// nil: nobody follows what is done here.
  private let observer: FolderObserver?

  public static func path(in rootdir: String) -> String { rootdir == "/" ? "/\(name)" : "\(rootdir)/\(name)" }

  /// The folder as it is; nil when there is none.
  /// - Throws: `untrusted` when it isn't a folder that this user alone can write.
  public static func open(
    in rootdir: String, observer: FolderObserver? = nil
  ) throws(CoordinationError) -> RunFolder? {
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
    // Whoever may enter it can take the lock, and keep every run from starting.
    if let problem = directory.privacyProblem { throw .untrusted(path: path, reason: problem.explanation) }
    return RunFolder(directory: directory, observer: observer)
  }

  /// The folder, made if need be.
  static func make(in rootdir: String, observer: FolderObserver? = nil) throws(CoordinationError) -> RunFolder {
    let path = path(in: rootdir)
    // A run that ends may remove it before it is opened.
    for _ in 0..<attempts {
      do {
        if try Directory.make(path, mode: 0o700) { observer?(FolderOperation(path: path, kind: .made)) }
      } catch {
        throw .system(error)
      }
      if let folder = try open(in: rootdir, observer: observer) { return folder }
    }
    throw .untrusted(path: path, reason: "other processes remove it as often as it is made")
  }

  // MARK: what lies in it

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
  /// - Parameter known: the ids of workers whose acknowledgement isn't to be read again.
  public func acknowledgements(
    of runID: String, besides known: Set<String> = []
  ) throws(CoordinationError) -> [Acknowledgement] {
    var found: [Acknowledgement] = []
    let knownNames = Set(known.map(Acknowledgement.fileName))
    for name in try names() where Acknowledgement.isFileName(name) && !knownNames.contains(name) {
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
      try publish(JSON.encode(acknowledgement), as: Acknowledgement.fileName(of: acknowledgement.workerID))
    } catch {
      throw error.code == ENOENT ? .ended(runID: acknowledgement.runID) : .system(error)
    }
  }

  func write(_ bytes: [UInt8], to name: String) throws(CoordinationError) {
    try CoordinationError.wrapping { () throws(SystemError) in try publish(bytes, as: name) }
  }

  private func publish(_ bytes: [UInt8], as name: String) throws(SystemError) {
    try directory.write(bytes, to: name)
    tell(.published(bytes: bytes.count), of: name)
  }

  /// Writes into a lock's file who holds it.
  func sign(_ lock: FileLock, _ name: String, as holder: Holder) throws(CoordinationError) {
    let bytes = JSON.encode(holder)
    try CoordinationError.wrapping { () throws(SystemError) in try lock.write(bytes) }
    tell(.signed(bytes: bytes.count), of: name)
  }

  /// Tells whoever follows it what was done to a file, or, without a name, to the folder.
  func tell(_ kind: FolderOperation.Kind, of name: String? = nil) {
    observer?(FolderOperation(path: name.map { "\(directory.path)/\($0)" } ?? directory.path, kind: kind))
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

  enum Taking {
    case taken(FileLock)
    /// Somebody else had it until the deadline.
    case held
    /// The folder has been removed.
    case gone
  }

  /// Takes one of the locks, waiting for its holder at most until `deadline`.
  func take(_ lock: String, until deadline: Instant) throws(CoordinationError) -> Taking {
    let began = Instant.now()
    do {
      guard let taken = try FileLock.wait(for: lock, in: directory, until: deadline) else { return .held }
      tell(.locked(after: (Instant.now().seconds - began.seconds) * 1000), of: lock)
      return .taken(taken)
    } catch {
      if error.code == ENOENT { return .gone }
      throw .system(error)
    }
  }

  public func names() throws(CoordinationError) -> [String] {
    try CoordinationError.wrapping { () throws(SystemError) in try directory.names() }
  }
}
