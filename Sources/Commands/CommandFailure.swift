import CommandLine
import Coordination
import Platform
import Settings
import Testmon

/// An error as the user gets it: what happened, where, the next step, and the exit status.
struct CommandFailure: Error {
  let status: ExitStatus
  /// One for each thing that is wrong; never empty.
  let messages: [String]
  var message: String { messages.joined(separator: "\n") }
  /// The exit status where a COMMAND was to be run: nobody must take it for COMMAND's own.
  var statusWithCommand: ExitStatus
  /// The message for who shows it as it is: nothing in it can drive a terminal.
  var printable: String { messages.map(Printable.escape).joined(separator: "\n") }
  /// Whether testmon or its data file is newer than what this program knows. Nothing has been changed then.
  private(set) var isNewerTestmon = false

  init(_ status: ExitStatus, _ message: String) { self.init(status, [message]) }

  private init(_ status: ExitStatus, _ messages: [String]) {
    self.status = status
    self.messages = messages
    statusWithCommand =
      switch status {
      case .timedOut, .busy: .commandTimedOut
      case .commandNotExecutable, .commandNotFound: status
      default: .commandFailed
      }
  }

  /// nil for a release of testmon that isn't newer than the newest known.
  init?(newerTestmon release: String) {
    guard Release(release) > .newestKnown else { return nil }
    self.init(
      .dataFile,
      "pytest-testmon \(release) is newer than what testmon-xdist \(version) knows (\(Release.oldestKnown) to \(Release.newestKnown)); "
        + "install 'pytest-testmon<=\(Release.newestKnown)', or look for a newer testmon-xdist")
    isNewerTestmon = true
  }

  /// nil for a release of testmon that isn't older than the first known: 1.x has other data, and is never coordinated.
  init?(olderTestmon release: String) {
    guard Release(release) < .oldestKnown else { return nil }
    self.init(
      .dataFile,
      "pytest-testmon \(release) is older than what testmon-xdist \(version) works with "
        + "(\(Release.oldestKnown) to \(Release.newestKnown)); install 'pytest-testmon>=\(Release.oldestKnown)'")
  }

  /// The path of the current folder can't be written down. Nothing has been changed then.
  static let pathIsNoText = CommandFailure(
    .usage, "the path of the current folder isn't UTF-8, and testmon-xdist takes paths for text; rename the folder")

  init(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as SettingsError: self.init(.usage, error.problems.map(\.description))
    case let error as DataFileError:
      self.init(.dataFile, error.description)
      if case .unknownDataVersion(let number) = error.reason { isNewerTestmon = DataVersion.isNewer(Int64(number)) }
    case let error as CoordinationError: self.init(error)
    case let error as SystemError: self.init(.coordination, "the system refuses what a run needs: \(error)")
    default: self.init(.bug, "\(error)")
    }
  }
}
