import Glibc

/// A folder that several processes may use at once, and that is removed only when none does, flock(2). The kernel ends the
/// use with its process.
public final class FolderUse {
  private let folder: FileDescriptor
  private let path: String

  private init(_ folder: FileDescriptor, _ path: String) {
    self.folder = folder
    self.path = path
  }

  /// Uses the folder from now on, and notes the time as that of its last change; nil where there is none, or where the file
  /// system knows no locks.
  public static func begin(_ path: String) -> FolderUse? {
    // Whoever is removing it holds the lock for a moment: then it has to be made anew.
    guard let use = lock(path, LOCK_SH), use.isInPlace else { return nil }
    futimens(use.folder.raw, nil)
    return use
  }

  /// Has the folder alone, to remove it; nil where somebody uses it, or it isn't this user's.
  public static func claim(_ path: String) -> FolderUse? {
    guard let use = lock(path, LOCK_EX | LOCK_NB), use.isInPlace, use.status?.st_uid == geteuid() else { return nil }
    return use
  }

  /// In seconds since 1970: when a use of it began last, or something was put into it or taken out.
  public var lastChange: Double {
    status.map { Double($0.st_mtim.tv_sec) + Double($0.st_mtim.tv_nsec) / 1e9 } ?? .infinity
  }

  private static func lock(_ path: String, _ operation: Int32) -> FolderUse? {
    let raw = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard raw >= 0 else { return nil }
    let folder = FileDescriptor(raw)
    while flock(raw, operation) != 0 {
      if errno != EINTR { return nil }
    }
    return FolderUse(folder, path)
  }

  private var status: stat? {
    var found = stat()
    return fstat(folder.raw, &found) == 0 ? found : nil
  }

  private var isInPlace: Bool {
    var found = stat()
    guard let status, lstat(path, &found) == 0 else { return false }
    return found.st_ino == status.st_ino && found.st_dev == status.st_dev
  }
}
