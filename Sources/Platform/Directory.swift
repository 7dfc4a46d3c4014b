import Glibc

/// A folder, held open, so that whatever happens to its path meanwhile, files are made, read and removed in this very
/// folder. Symbolic links are followed only where the caller says so.
public final class Directory {
  public let path: String
  private let descriptor: FileDescriptor

  /// More than any file has that this program reads whole: 1 MiB.
  public static let defaultLimit = 1 << 20

  private init(path: String, descriptor: FileDescriptor) {
    self.path = path
    self.descriptor = descriptor
  }

  /// Opens the folder.
  /// - Parameter followingLink: whether a symbolic link in the last place of the path may lead to it.
  /// - Throws: `ENOENT` if there is none; `ELOOP` or `ENOTDIR` if it is a link that isn't followed, or no folder.
  public static func open(_ path: String, followingLink: Bool = false) throws(SystemError) -> Directory {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (followingLink ? 0 : O_NOFOLLOW)
    let raw = try SystemError.check("open", path) { Glibc.open(path, flags) }
    return Directory(path: path, descriptor: FileDescriptor(raw))
  }

  public static func isSymbolicLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// Makes the folder with `mode` if there is nothing by its name.
  /// - Returns: whether it was made.
  @discardableResult
  public static func make(_ path: String, mode: UInt32) throws(SystemError) -> Bool {
    if mkdir(path, mode) == 0 { return true }
    if errno == EEXIST { return false }
    throw SystemError.last("mkdir", path)
  }

  /// Removes this folder, if it is empty and still the one at its path.
  /// - Returns: what keeps it, `ENOTEMPTY` where something is in it; nil where it isn't there any more.
  public func removeItself() -> SystemError? {
    var here = stat()
    var there = stat()
    guard fstat(descriptor.raw, &there) == 0, lstat(path, &here) == 0, here.st_ino == there.st_ino,
      here.st_dev == there.st_dev
    else { return nil }
    if rmdir(path) == 0 || errno == ENOENT { return nil }
    // rmdir(2) may say either.
    return SystemError(code: errno == EEXIST ? ENOTEMPTY : errno, call: "rmdir", subject: path)
  }

  /// Whether what this name stands for is a folder; false where there is nothing.
  public func isFolder(_ name: String) -> Bool {
    var status = stat()
    return fstatat(descriptor.raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Why the folder isn't this user's alone: nobody else may enter it. Nil when it is.
  public var privacyProblem: Distrust? {
    var status = stat()
    // It can't fail on an open descriptor; if it did, the owner would be nobody.
    if fstat(descriptor.raw, &status) != 0 { status.st_uid = .max }
    if status.st_uid != geteuid() { return Distrust(path: path, .foreignOwner(uid: status.st_uid)) }
    if status.st_mode & 0o077 != 0 { return Distrust(path: path, .openToOthers(mode: status.st_mode & 0o7777)) }
    return nil
  }

  /// The names in the folder, sorted; without `.` and `..`.
  public func names() throws(SystemError) -> [String] {
    // A descriptor of its own: reading moves the position.
    let raw = try SystemError.check("openat", path) { openat(descriptor.raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard let stream = fdopendir(raw) else { throw SystemError.last("fdopendir", path) }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    if errno != 0 { throw SystemError.last("readdir", path) }
    return names.sorted()
  }

  /// The bytes of a regular file, or nil if there is none by this name.
  /// - Parameters:
  ///   - limit: the largest size that is read, in bytes.
  ///   - followingLink: whether a symbolic link by this name may lead to the file.
  /// - Throws: `EINVAL` for a FIFO, a folder or a device, `ELOOP` for a link that isn't followed, `EFBIG` past `limit`.
  public func read(
    _ name: String, limit: Int = Directory.defaultLimit, followingLink: Bool = false
  ) throws(SystemError) -> [UInt8]? {
    let flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | (followingLink ? 0 : O_NOFOLLOW)
    let raw = openat(descriptor.raw, name, flags)
    guard raw >= 0 else {
      if errno == ENOENT { return nil }
      throw SystemError.last("openat", "\(path)/\(name)")
    }
    let file = FileDescriptor(raw)
    var status = stat()
    guard fstat(raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw SystemError(code: EINVAL, call: "read", subject: "\(path)/\(name)")
    }
    do {
      return try file.readAll(limit: limit)
    } catch {
      throw SystemError(code: error.code, call: error.call, subject: "\(path)/\(name)")
    }
  }

  /// Writes the file under a name of its own and renames it into place: a reader sees all of it or nothing.
  public func write(_ bytes: [UInt8], to name: String) throws(SystemError) {
    let temporary = ".\(name).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp"
    let subject = "\(path)/\(name)"
    let raw = try SystemError.check("openat", subject) {
      openat(descriptor.raw, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    }
    do {
      try FileDescriptor(raw).writeAll(bytes)
      try SystemError.check("renameat", subject) { renameat(descriptor.raw, temporary, descriptor.raw, name) }
    } catch {
      _ = unlinkat(descriptor.raw, temporary, 0)
      throw SystemError(code: error.code, call: error.call, subject: subject)
    }
  }

  /// Removes a file; that it isn't there is no error.
  /// - Returns: whether it was there.
  @discardableResult
  public func remove(_ name: String) throws(SystemError) -> Bool {
    if unlinkat(descriptor.raw, name, 0) == 0 { return true }
    if errno == ENOENT { return false }
    throw SystemError.last("unlinkat", "\(path)/\(name)")
  }

  /// Opens a file for locking, made if need be.
  func openForLock(_ name: String, create: Bool) throws(SystemError) -> FileDescriptor {
    FileDescriptor(
      try SystemError.check("openat", "\(path)/\(name)") {
        openat(descriptor.raw, name, O_RDWR | (create ? O_CREAT : 0) | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
      })
  }

  /// Whether `name` in this folder is the file at another path, where links are followed.
  func isSame(_ name: String, as other: String) -> Bool {
    var here = stat()
    var there = stat()
    return fstatat(descriptor.raw, name, &here, AT_SYMLINK_NOFOLLOW) == 0 && stat(other, &there) == 0
      && here.st_ino == there.st_ino && here.st_dev == there.st_dev
  }

  /// Whether `name` in this folder is still the file that `open` has open.
  func isSame(_ name: String, _ open: FileDescriptor) throws(SystemError) -> Bool {
    var here = stat()
    var there = stat()
    try SystemError.check("fstat", "\(path)/\(name)") { fstat(open.raw, &there) }
    if fstatat(descriptor.raw, name, &here, AT_SYMLINK_NOFOLLOW) != 0 {
      // Whoever asks opens it anew when it is another one, and would do so for ever where it can't be told.
      if errno == ENOENT { return false }
      throw SystemError.last("fstatat", "\(path)/\(name)")
    }
    return here.st_ino == there.st_ino && here.st_dev == there.st_dev
  }
}
