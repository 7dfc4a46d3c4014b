import Glibc
import Platform

extension RunFolder {
  /// A marker or an acknowledgement, as it was found.
  struct PublishedFile {
    let name: String
    let bytes: [UInt8]
  }

  /// Whether a file by this name is one that we make.
  public static func isOurs(_ name: String) -> Bool {
    [lockName, sessionLockName, ignoreName].contains(name) || isPublished(name)
  }

  /// Whether it is a file that a session makes: the marker, an acknowledgement, the progress, a note, or a file that was
  /// being written.
  private static func isPublished(_ name: String) -> Bool {
    [Marker.fileName, TestProgress.fileName, aloneName].contains(name) || Acknowledgement.isFileName(name)
      || (name.hasPrefix(".") && name.hasSuffix(".tmp"))
  }

  /// Whether a run uses it, or has left files in it. An empty one doesn't count: a mount point, which can't be removed,
  /// stays after its run.
  public func isInUse() throws(CoordinationError) -> Bool { try names().contains(where: Self.isOurs) }

  /// The marker, and the acknowledgements that can be read.
  func published() throws(CoordinationError) -> [PublishedFile] {
    try names().filter { $0 == Marker.fileName || Acknowledgement.isFileName($0) }.compactMap { name in
      (try? directory.read(name)).flatMap { $0 }.map { PublishedFile(name: name, bytes: $0) }
    }
  }

  /// Notes for the command around it that a pytest has found the run, and goes on without coordination. It has said why.
  public func noteThatPytestGoesOnAlone() { try? directory.write([], to: Self.aloneName) }

  var hasPytestThatGoesOnAlone: Bool { (try? names().contains(Self.aloneName)) ?? false }

  func writeIgnore() throws(CoordinationError) { try write(Array("*\n".utf8), to: Self.ignoreName) }

  /// Removes what was published, but not the locks: the folder is then as a new session needs it.
  func removePublished() throws(CoordinationError) {
    for name in try names() where Self.isPublished(name) {
      guard try remove(name) else { throw .untrusted(path: "\(directory.path)/\(name)", reason: "it is a folder") }
    }
  }

  /// Removes every file of ours, the locks last, and then the folder. To be called by whoever holds both locks.
  func removeAll(_ lock: FileLock, _ session: FileLock) throws(CoordinationError) -> Removal {
    var (lock, session) = (lock, session)
    // A worker may acknowledge while this goes on: then there is another pass.
    for _ in 0..<Self.attempts {
      // If our lock files are no longer in place, ours is gone, and what is here now may belong to another run.
      guard lock.isInPlace, session.isInPlace else { return .removed }
      for name in try names() where Self.isPublished(name) || name == Self.ignoreName { try remove(name) }
      for name in [Self.sessionLockName, Self.lockName] { try remove(name) }
      // From here on the next run may begin, and nothing but an empty folder is ours.
      guard let error = directory.removeItself() else {
        tell(.removed)
        return .removed
      }
      guard error.code == ENOTEMPTY else { return .stuck(error.reason) }
      let foreign = try names().filter { !Self.isOurs($0) || directory.isFolder($0) }
      if !foreign.isEmpty { return .left(foreign) }
      guard case .taken(let nextLock) = try take(Self.lockName, until: .now()),
        case .taken(let nextSession) = try take(Self.sessionLockName, until: .now())
      else { return .removed }
      (lock, session) = (nextLock, nextSession)
    }
    return .left(try names())
  }

  /// - Returns: false for a folder, which isn't ours.
  @discardableResult
  private func remove(_ name: String) throws(CoordinationError) -> Bool {
    do {
      if try directory.remove(name) { tell(.removed, of: name) }
      return true
    } catch {
      if error.code == EISDIR { return false }
      throw .system(error)
    }
  }

  /// The coordination folder that a path is, or lies in.
  public static func containing(_ path: String) -> String {
    path.hasSuffix("/\(name)")
      ? path : path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }
}
