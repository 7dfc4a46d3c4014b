import Glibc

/// Tells of names that appear in or vanish from a folder, by inotify(7).
public final class DirectoryWatch {
  public let descriptor: FileDescriptor

  /// - Throws: where inotify isn't available, because of its limits or the file system; callers then poll.
  public init(_ path: String) throws(SystemError) {
    descriptor = FileDescriptor(
      try SystemError.check("inotify_init1", path) { inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC)) })
    let mask = UInt32(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
    try SystemError.check("inotify_add_watch", path) { inotify_add_watch(descriptor.raw, path, mask) }
  }

  /// Discards the events. The caller looks at the folder itself, which is never out of date.
  public func drain() {
    while let bytes = try? descriptor.read(upTo: 65536), !bytes.isEmpty {}
  }
}
