import Glibc

/// Tells of names that appear in or vanish from folders, and, if asked to, of files there that are written, by inotify(7).
///
/// To close it takes the kernel several milliseconds: it waits until no processor can still be telling of an event.
public final class DirectoryWatch {
  public let descriptor: FileDescriptor
  private let mask: UInt32

  /// - Parameter onlyRenamed: tell only of what is renamed into the folder, as a file is that appears as a whole.
  /// - Throws: where inotify isn't available, because of its limits or the file system; callers then poll.
  public init(_ path: String, onlyRenamed: Bool = false) throws(SystemError) {
    mask = UInt32(
      IN_ONLYDIR | IN_MOVED_TO
        | (onlyRenamed ? 0 : IN_CREATE | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF))
    descriptor = FileDescriptor(
      try SystemError.check("inotify_init1", path) { inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC)) })
    try add(path)
  }

  /// Also watches another folder. Nothing changes where it is watched already.
  /// - Parameter alsoWritten: tell also of files in it that are written.
  public func add(_ path: String, alsoWritten: Bool = false) throws(SystemError) {
    let more = alsoWritten ? UInt32(IN_MODIFY) : 0
    try SystemError.check("inotify_add_watch", path) { inotify_add_watch(descriptor.raw, path, mask | more) }
  }

  /// Discards the events. The caller looks at the folder itself, which is never out of date.
  public func drain() {
    while let bytes = try? descriptor.read(), !bytes.isEmpty {}
  }
}
