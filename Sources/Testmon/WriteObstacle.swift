import Glibc
import Text
import Variables

/// What keeps this user from writing a data file, as far as the system tells.
enum WriteObstacle: Equatable {
  /// The file system that it is on.
  case readOnlyFileSystem
  /// What belongs to somebody else can't be made writable by this user.
  case foreign(path: String, uid: UInt32)
  /// These belong to this user, who may not write to them.
  case mode([String])
  case unknown

  /// - Parameter paths: of the file, what SQLite keeps beside it, and their folder. Those that aren't there don't count.
  init(_ paths: [String], user: UInt32 = geteuid()) {
    var own: [String] = []
    for path in paths where access(path, W_OK) != 0 {
      let code = errno
      if code == EROFS {
        self = .readOnlyFileSystem
        return
      }
      var status = stat()
      guard code == EACCES, stat(path, &status) == 0 else { continue }
      if status.st_uid != user {
        self = .foreign(path: path, uid: status.st_uid)
        return
      }
      own.append(path)
    }
    self = own.isEmpty ? .unknown : .mode(own)
  }

  /// The cause, to be put behind "can't be written", and what to do.
  func explanation(of path: String, in folder: String) -> String {
    let another = "name a file that you can write in \(EnvironmentVariable.dataFile)"
    return switch self {
    case .readOnlyFileSystem: ": its file system is mounted read-only. Mount it otherwise, or \(another)"
    case .foreign(let path, let uid):
      ": \(path) belongs to user \(uid), and you are user \(geteuid()). Ask for the right to write, or \(another)"
    case .mode(let paths):
      ". Give yourself the right to: chmod u+w \(paths.map(ShellWord.quote).joined(separator: " "))"
    case .unknown: ". Look at it and its folder: ls -ld \(ShellWord.quote(path)) \(ShellWord.quote(folder))"
    }
  }
}
