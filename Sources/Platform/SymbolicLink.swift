import Glibc

/// Symbolic links by themselves, readlink(2).
public enum SymbolicLink {
  /// What a link leads to, as it stands in the link: it may be relative. Nil, with `errno` set, where there is no link.
  public static func target(of path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
  }
}
