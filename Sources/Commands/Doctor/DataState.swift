import Coordination
import Platform
import Settings
import Testmon
import Text
import Variables

/// The data file as the checks see it.
final class DataState {
  /// As testmon names it.
  let path: String
  /// What that leads to, where it is a link.
  let file: String
  /// Where it lies, and SQLite makes its other files.
  var folder: String { Path.parent(of: file) }
  /// The path, and the file, as words for a shell.
  var word: String { ShellWord.quote(path) }

  /// The process that has the file open, or a lock on it; looked for before we open it ourselves.
  let user: RecordLock?
  private let isLive: Bool
  private let dataVersion: Int?
  let refusesNewer: Bool
  /// Whether somebody has named the file, which may be anything.
  private let isNamed: Bool

  init(_ context: CheckContext) {
    path = context.dataFile
    file = SymbolicLink.end(of: path)
    isLive = context.run.isLive
    dataVersion = (try? context.facts.get())?.dataVersion
    refusesNewer = (try? context.settings.get())?.stopOnNewer.value ?? false
    isNamed = context.environment[.dataFile] != nil
    user = DataFile.user(of: path)
  }

  /// The command that moves the file away.
  func movedAway(_ suffix: String) -> String { "mv \(word) \(ShellWord.quote("\(path).\(suffix)"))" }

  /// The command after which runs use another file than this, which isn't testmon's.
  func elsewhere(_ suffix: String) -> String {
    isNamed ? "unset \(EnvironmentVariable.dataFile)" : movedAway(suffix)
  }

  /// Whether a run, or another pytest, is at work.
  var isInUse: Bool { isLive || user != nil }

  lazy var found: Result<Inspection, DataFileError> = Result { () throws(DataFileError) in
    try DataFile.inspect(at: path)
  }

  /// Why a run could write nothing in the folder.
  lazy var folderProblem: SystemError? = WriteTrial.problem(in: folder)

  /// What would stop a run that opens the file now. A live run has opened it already, and isn't disturbed.
  lazy var obstacle: DataFileError? = {
    if isLive { return nil }
    // To wait once for a lock is enough.
    if case .failure(let error) = found, error.reason == .locked { return error }
    do throws(DataFileError) {
      try DataFile.tryOut(
        at: path, dataVersion: dataVersion, refusingNewer: refusesNewer, isInUse: user != nil)
      return nil
    } catch {
      return error
    }
  }()

  /// "its process is 123 (python)", for the end of a sentence.
  var userText: String {
    guard let pid = user?.pid else { return "by a process that can't be seen from here" }
    return "by process \(pid)\(ProcessIdentity.name(of: pid).map { " (\($0))" } ?? "")"
  }

  /// The command that tells who has a file open.
  static func whoHas(_ path: String) -> String { "fuser -v \(ShellWord.quote(path))" }
}
