import FoundationEssentials
import Glibc
import Platform
import SQLite

/// What `doctor --fix` does to a data file. Before each of it a copy is made, and kept.
extension DataFile {
  /// Copies the data file, with what its log has, beside it, under a name that nothing has.
  /// - Returns: the copy's path.
  public static func keepCopy(of path: String) throws -> String {
    let copy = try freeName(for: path)
    try DataFileError.wrapping(path) {
      try DataFileError.checkKind(of: path)
      try Database(path: path, access: .readOnly).backup(to: copy)
      // Who may not read the one isn't to read the other.
      if let owner = FileOwner(of: path) { chmod(copy, owner.mode) }
    }
    return copy
  }

  /// Gives back what pages take that hold nothing.
  public static func compact(at path: String) throws(DataFileError) {
    try DataFileError.wrapping(path) {
      let database = try Database(path: path, access: .readWrite)
      try database.execute("VACUUM")
      try? database.checkpointTruncate()
    }
  }

  /// Takes back what somebody had begun to write when it was killed, as whoever writes next would.
  /// - Returns: the path of the copy of what was there before; its journal lies beside it.
  public static func takeBack(at path: String) throws -> String {
    let copy = try freeName(for: path)
    let file = SymbolicLink.resolved(path)
    for suffix in ["-journal", ""] { try FileManager.default.copyItem(atPath: file + suffix, toPath: copy + suffix) }
    try DataFileError.wrapping(path) { _ = try Database(path: path, access: .readWrite).userVersion }
    return copy
  }

  private static func freeName(for path: String) throws(DataFileError) -> String {
    for number in 1...99 {
      let name = "\(path).before-fix\(number == 1 ? "" : "-\(number)")"
      if ["", "-journal"].allSatisfy({ FileKind(path: name + $0) == .missing }) { return name }
    }
    throw DataFileError(path: path, reason: .tooManyCopies)
  }
}
