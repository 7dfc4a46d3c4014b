import FoundationEssentials
import Glibc
import Platform
import SQLite

extension DataFile {
  /// Does what ``prepare(at:dataVersion:environment:keep:now:refusingNewer:markingTests:busyTimeout:)`` does up to its first
  /// change, and throws what that would throw. Changes no byte, and leaves no file that wasn't there.
  ///
  /// Where somebody was killed, or a copy was taken, while the file was open, whoever opens it to write, and closes it,
  /// changes it: then it is only read, and asked for its permissions.
  /// - Parameters:
  ///   - dataVersion: the installed testmon's own; nil where that isn't known.
  ///   - isInUse: whether another process has the file open.
  public static func tryOut(
    at path: String, dataVersion: Int?, refusingNewer: Bool, isInUse: Bool, busyTimeout: Duration = .seconds(3)
  ) throws(DataFileError) {
    try DataFileError.wrapping(path) {
      try DataFileError.checkKind(of: path, mayBeMissing: true)
      if FileKind(path: path) == .missing { return }
      let opens = isInUse || Database.isAtRest(path)
      let file = SymbolicLink.resolved(path)
      for suffix in [""] + FileKind.companionSuffixes where FileKind(path: file + suffix) != .missing {
        guard access(file + suffix, W_OK) == 0 else { throw DataFileError(path: path, reason: .readOnly) }
      }
      let database = try Database(path: path, access: opens ? .readWrite : .readOnly, wait: .inAll(busyTimeout))
      if opens && database.isReadOnly { throw DataFileError(path: path, reason: .readOnly) }
      if let version = dataVersion.flatMap(DataVersion.init(number:)) {
        let layout = try Layout(of: database, wanted: version)
        if refusingNewer, case .other(let found) = layout, DataVersion.isNewer(found) {
          throw DataFileError(path: path, reason: .newerDataVersion(found))
        }
      }
      guard opens else { return }
      try database.execute("BEGIN IMMEDIATE")
      try database.execute("ROLLBACK")
    }
  }

  /// Whether another process has the file open, or holds a lock on it; whose process, where that can be told.
  ///
  /// Not to be called while this process has it open.
  public static func user(of path: String) -> RecordLock? {
    let file = SymbolicLink.resolved(path)
    guard case .regular = FileKind(path: file) else { return nil }
    // Where SQLite's locks lie: <https://sqlite.org/src/file/src/os.h>, PENDING_BYTE and on.
    let locks = 0x4000_0000..<0x4000_0200
    return RecordLock(on: file, bytes: locks)
  }

  /// What is wrong inside of the file, in SQLite's words; nil where nothing is. Reads all of it.
  public static func damage(in path: String) throws(DataFileError) -> String? {
    try DataFileError.wrapping(path) {
      try DataFileError.checkKind(of: path)
      let access: Database.Access = Database.isAtRest(path) ? .immutable : .readOnly
      let answer = try Database(path: path, access: access).value("PRAGMA quick_check(1)").asText ?? ""
      return answer == "ok" ? nil : answer
    }
  }
}
