import CommandLine
import Glibc

/// The folder that the program was started in.
enum WorkingFolder {
  /// Its path, absolute and without links.
  /// - Throws: `usage` where the folder is gone, or its path isn't UTF-8.
  static func path() throws(CommandFailure) -> String {
    guard let path = String(validating: try bytes(), as: UTF8.self) else { throw CommandFailure.pathIsNoText }
    return path
  }

  /// Whether its path is UTF-8, as all paths must be that we name; true also where the folder is gone.
  static var isText: Bool {
    (try? bytes()).map { String(validating: $0, as: UTF8.self) != nil } ?? true
  }

  private static func bytes() throws(CommandFailure) -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    guard getcwd(&buffer, buffer.count) != nil else {
      throw CommandFailure(
        .usage, "the current folder is gone: \(String(cString: strerror(errno))); go to one that is there: cd")
    }
    return buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
  }
}
