import Glibc

/// Symbolic links.
public enum SymbolicLink {
  /// What a link leads to, readlink(2), as it stands in the link: it may be relative. Nil, with `errno` set, where there is no link.
  public static func target(of path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
  }

  /// Where a path ends when the links in its last place are followed, whether or not something is there.
  public static func end(of path: String) -> String {
    var end = path
    // As many as the kernel follows; see path_resolution(7).
    for _ in 0..<40 {
      guard let target = target(of: end) else { return end }
      let folder = end.prefix(upTo: end.lastIndex(of: "/") ?? end.startIndex)
      end = target.hasPrefix("/") ? target : "\(folder)/\(target)"
    }
    return end
  }

  /// The path with all links in it followed, realpath(3); the path itself where nothing is there.
  public static func resolved(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
