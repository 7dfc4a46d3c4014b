import CSQLite
import Glibc
import SQLite
import Text
import Variables

/// Why a data file can't be used. Its description is a sentence for people that names the file and what to do next.
public struct DataFileError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Reason: Equatable, Sendable {
    /// There is no such file.
    case missing
    /// There is no such file, and no folder to make it in.
    case noFolder
    case directory
    /// A FIFO, socket or device.
    case special
    /// Not a database at all, or a damaged one.
    case corrupt
    /// Permissions, a path that leads nowhere, or an I/O error; with the `errno`, 0 where there is none.
    case unreadable(Int32)
    /// It can't be written, or not be made.
    case readOnly
    /// The disk, or the user's share of it, is full.
    case full
    /// Whoever wrote it last was killed, and what it had begun has to be taken back first.
    case interrupted
    /// Another process held its lock for longer than we waited.
    case locked
    /// The installed testmon's own data version isn't one that this program knows.
    case unknownDataVersion(Int)
    /// The file is of a newer data version than all that this program knows.
    case newerDataVersion(Int64)
    /// The file's data version isn't the one that was expected.
    case otherDataVersion(found: Int64, expected: Int)
    /// A database of some other program.
    case notTestmons
    /// The right data version, but some of testmon's columns aren't there.
    case incomplete(missing: [String])
    /// The file isn't in WAL mode or can't be put into it; with the mode it is in.
    case notWAL(mode: String)
    /// There is no environment with this id.
    case noEnvironment(Int64)
    /// The file is of another data version and can't be kept aside; with the backup's path and the cause.
    case backup(String, String)
    /// No folder for a copy to look at can be made; with where, and the cause.
    case noTemporaryFolder(String, String)
    /// So many copies have been kept beside it that there is no name for another.
    case tooManyCopies
    /// Whatever else SQLite ran into.
    case other(String)
  }

  /// The data file's path, as the caller gave it.
  public let path: String
  public let reason: Reason
  /// SQLite's error, where one is behind this.
  public let underlying: SQLiteError?

  public init(path: String, reason: Reason, underlying: SQLiteError? = nil) {
    self.path = path
    self.reason = reason
    self.underlying = underlying
  }

  /// `SQLITE_IOERR_SHORT_READ`, a macro that Swift doesn't import: <https://sqlite.org/rescode.html#ioerr_short_read>.
  private static let shortRead = SQLITE_IOERR | 2 << 8

  /// `SQLITE_READONLY_ROLLBACK`: <https://sqlite.org/rescode.html#readonly_rollback>.
  private static let hotJournal = SQLITE_READONLY | 3 << 8

  init(path: String, _ error: SQLiteError) {
    let reason: Reason =
      switch error.code {
      case SQLITE_READONLY where error.extendedCode == Self.hotJournal: .interrupted
      case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
      case SQLITE_BUSY, SQLITE_LOCKED: .locked
      case SQLITE_READONLY: .readOnly
      case SQLITE_FULL: .full
      // A file that ends in the middle of a page.
      case SQLITE_IOERR where error.extendedCode == Self.shortRead: .corrupt
      case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH, SQLITE_IOERR: .unreadable(error.systemError)
      default: .other(error.message)
      }
    self.init(path: path, reason: reason, underlying: error)
  }

  public var description: String {
    let word = ShellWord.quote(path)
    let folderWord = ShellWord.quote(folder)
    let file = "The data file \(path)"
    let another = "name another file in \(EnvironmentVariable.dataFile)"
    let moveAway = "Move it away, and testmon makes a new one: mv \(word) \(ShellWord.quote(path + ".corrupt"))"
    switch reason {
    case .missing:
      return "\(file) isn't there. The next run with testmon makes it: pytest --testmon"
    case .noFolder:
      return "\(file) can't be made: there is no folder \(folder). Make it: mkdir -p \(folderWord)"
    case .directory:
      return "\(file) is a folder. Move it away, or \(another): ls -ld \(word)"
    case .special:
      return "\(file) isn't a regular file. Move it away, or \(another): ls -l \(word)"
    case .corrupt:
      let words = underlying.map { " (SQLite: \($0.message))" } ?? ""
      return "\(file) is damaged or isn't a SQLite database\(words). \(moveAway)"
    case .unreadable(let number):
      let cause = number == 0 ? underlying?.message ?? "unknown cause" : String(cString: strerror(number))
      return "\(file) can't be opened: \(cause). Look at it and its folder: ls -ld \(word) \(folderWord)"
    case .readOnly:
      let obstacle = WriteObstacle([path, "\(path)-wal", "\(path)-shm", folder])
      return "\(file) can't be written\(obstacle.explanation(of: path, in: folder))"
    case .full:
      return "\(file) can't be written: the disk is full. Make room there: df -h \(folderWord)"
    case .interrupted:
      return "\(file) has to be put right first, because whoever wrote it was killed: testmon-xdist doctor --fix"
    case .locked:
      return "\(file) is locked by another process. Wait for it, or find it: fuser -v \(word)"
    case .unknownDataVersion(let number):
      let relation = DataVersion.isNewer(Int64(number)) ? "newer than all that" : "not one that"
      let known = DataVersion.known.map { String($0.number) }.joined(separator: ", ")
      return """
        \(file) wasn't touched: the installed testmon's data version, \(number), is \(relation) testmon-xdist knows \
        (\(known)). Look for a release of testmon-xdist that does, or use one of pytest-testmon \(Release.oldestKnown) \
        to \(Release.newestKnown)
        """
    case .newerDataVersion(let found):
      return """
        \(file) wasn't touched: it is of data version \(found), newer than all that testmon-xdist knows, and the \
        installed testmon would delete it. Install the testmon that made it, or \(another)
        """
    case .otherDataVersion(let found, let expected):
      return """
        \(file) is of data version \(found), not \(expected): another release of testmon has written it since. \
        Use one release of testmon for one data file, or \(another)
        """
    case .notTestmons:
      return """
        \(file) is a database, but not testmon's; it wasn't touched: \(another), \
        or move this one away: mv \(word) \(ShellWord.quote(path + ".other"))
        """
    case .incomplete(let missing):
      return "\(file) lacks \(missing.joined(separator: ", ")), which testmon needs. \(moveAway)"
    case .notWAL(let mode):
      return """
        \(file) is in journal mode \(mode), not WAL, without which workers can't read it while testmon writes. \
        Does the file system support it? stat -f \(folderWord)
        """
    case .noEnvironment(let id):
      return
        "\(file) has no environment \(id) any more: another process has replaced it. End the run, and start it again: testmon-xdist cleanup"
    case .backup(let backup, let cause):
      return """
        \(file) is of another data version and wasn't touched, because it can't be kept as \(backup): \(cause). \
        Make that possible, or move it away: mv \(word) \(ShellWord.quote(path + ".old"))
        """
    case .noTemporaryFolder(let place, let cause):
      return """
        \(file) has to be copied to be looked at, and in \(place) no folder can be made for that: \(cause). \
        Name another place: export TMPDIR=/var/tmp
        """
    case .tooManyCopies:
      return "Of \(file) no other copy can be kept. Look at those, and remove some: ls -l \(word).before-fix*"
    case .other(let message):
      return "\(file) can't be used: \(message). See what it holds: testmon-xdist doctor"
    }
  }

  private var folder: String { DataFile.folder(of: path) }
}

extension DataFileError {
  /// Runs `body` and turns whatever it throws into the error that the callers of this module see.
  static func wrapping<Result>(_ path: String, _ body: () throws -> Result) throws(DataFileError) -> Result {
    do {
      return try body()
    } catch let error as DataFileError {
      throw error
    } catch let error as SQLiteError {
      throw DataFileError(path: path, error)
    } catch {
      throw DataFileError(path: path, reason: .other(String(describing: error)))
    }
  }

  /// Refuses what SQLite shouldn't even open. A path where nothing lies passes with `mayBeMissing`.
  static func checkKind(of path: String, mayBeMissing: Bool = false) throws(DataFileError) {
    let reason: Reason
    switch FileKind(path: path) {
    case .regular: return
    case .missing where mayBeMissing: return
    case .missing: reason = .missing
    case .directory: reason = .directory
    case .special: reason = .special
    case .inaccessible(let number): reason = .unreadable(number)
    }
    throw DataFileError(path: path, reason: reason)
  }
}
