import FoundationEssentials
import Glibc
import SQLite

extension DataFile {
  /// Gives a copy of the data file, in a folder of its own that is removed afterwards: what it holds now, with its `-wal`.
  /// Where there is no data file, there is no copy yet either.
  /// - Throws: ``DataFileError``, and what `body` throws.
  public static func withCopy<Result>(of path: String, _ body: (_ copy: String) throws -> Result) throws -> Result {
    let place = FileManager.default.temporaryDirectory.path
    var template = Array("\(place.hasSuffix("/") ? String(place.dropLast()) : place)/testmon-xdist-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw DataFileError(path: path, reason: .backup(place, String(cString: strerror(errno))))
    }
    let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let copy = "\(folder)/testmondata"
    if FileKind(path: path) != .missing {
      try DataFileError.wrapping(path) {
        try DataFileError.checkKind(of: path)
        try Database(path: path, access: .readOnly).backup(to: copy)
      }
    }
    return try body(copy)
  }
}
