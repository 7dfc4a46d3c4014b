import FoundationEssentials
import Glibc
import Platform
import SQLite

extension DataFile {
  /// Gives a copy of the data file, in a folder of its own that is removed afterwards: what it holds now, with its `-wal`.
  /// Where there is no data file, there is no copy yet either.
  /// - Throws: ``DataFileError``, and what `body` throws.
  public static func withCopy<Result>(of path: String, _ body: (_ copy: String) throws -> Result) throws -> Result {
    try withTemporaryName(for: path) { copy in
      if FileKind(path: path) != .missing {
        try DataFileError.wrapping(path) {
          try DataFileError.checkKind(of: path)
          try Database(path: path, access: .readOnly).backup(to: copy)
        }
      }
      return try body(copy)
    }
  }

  /// Gives a copy of the files themselves, for what SQLite can't read before it has been changed.
  static func withRawCopy<Result>(of path: String, _ body: (_ copy: String) throws -> Result) throws -> Result {
    try withTemporaryName(for: path) { copy in
      let file = SymbolicLink.resolved(path)
      for suffix in ["", "-journal"] where FileKind(path: file + suffix) != .missing {
        try FileManager.default.copyItem(atPath: file + suffix, toPath: copy + suffix)
      }
      chmod(copy, 0o600)
      return try body(copy)
    }
  }

  private static func withTemporaryName<Result>(for path: String, _ body: (_ copy: String) throws -> Result) throws
    -> Result
  {
    let place = FileManager.default.temporaryDirectory.path
    var template = Array("\(place.hasSuffix("/") ? String(place.dropLast()) : place)/testmon-xdist-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw DataFileError(path: path, reason: .noTemporaryFolder(place, String(cString: strerror(errno))))
    }
    let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body("\(folder)/testmondata")
  }
}
