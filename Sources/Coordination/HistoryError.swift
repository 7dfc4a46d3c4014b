import SQLite
import Text

/// Why the history of runs can't be used. Never a reason to fail a run.
public struct HistoryError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Reason: Equatable, Sendable {
    /// Not a database, or a damaged one.
    case corrupt
    /// A later release of testmon-xdist has made it.
    case newerSchema(found: Int64, known: Int)
    /// Another process held its lock for longer than we waited.
    case locked
    case other
  }

  /// The history's path, as the caller gave it.
  public let path: String
  public let reason: Reason
  /// SQLite's error, where one is behind this.
  public let underlying: SQLiteError?

  init(path: String, reason: Reason, underlying: SQLiteError? = nil) {
    self.path = path
    self.reason = reason
    self.underlying = underlying
  }

  init(path: String, _ error: SQLiteError) {
    let reason: Reason = error.isCorrupt ? .corrupt : error.isBusy ? .locked : .other
    self.init(path: path, reason: reason, underlying: error)
  }

  public var description: String {
    let word = ShellWord.quote(path)
    let words = underlying.map { ": \($0.message)" } ?? ""
    return switch reason {
    case .corrupt: "The history of runs, \(path), is damaged\(words). The next run that is recorded begins another"
    case .newerSchema(let found, let known):
      """
      The history of runs, \(path), was written by a later testmon-xdist (schema \(found); this one knows up to \
      \(known)); it wasn't touched. Read it with that one
      """
    case .locked: "The history of runs, \(path), is locked by another process. Try again, or find it: fuser -v \(word)"
    case .other: "The history of runs, \(path), can't be used\(words). Look at it: ls -l \(word)"
    }
  }
}
