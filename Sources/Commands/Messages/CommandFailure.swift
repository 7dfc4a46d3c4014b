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
  /// The signal that has asked this process to end, if that is the reason.
  private(set) var signal: Int32?
  /// For debug lines: the message, and what is behind it.
  private(set) var details: String

  init(_ status: ExitStatus, _ message: String) { self.init(status, [message]) }

  private init(_ status: ExitStatus, _ messages: [String]) {
    self.status = status
    self.messages = messages
    details = "failed: \(messages.joined(separator: " / "))"
    statusWithCommand =
      switch status {
      case .timedOut, .busy: .commandTimedOut
      case .commandNotExecutable, .commandNotFound: status
      default: .commandFailed
      }
  }

  /// A testmon that is made otherwise than those that the plugin knows.
  /// - Parameter python: the path of the interpreter that has it, where that is known.
  init(unknownTestmon release: String, python: String? = nil) {
    let known = "what testmon-xdist \(version) knows (\(Release.oldestKnown) to \(Release.newestKnown))"
    let isNewer = Release(release) > .newestKnown
    self.init(
      .dataFile,
      isNewer
        ? "pytest-testmon \(release) is newer than \(known), and made otherwise; "
          + "look for a newer testmon-xdist, or install one that it knows: "
          + Advice.install("pytest-testmon<=\(Release.newestKnown)", in: python)
        : "pytest-testmon \(release) isn't made like \(known): something has changed it; install it anew: "
          + Advice.install("pytest-testmon==\(release)", "--force-reinstall", in: python))
    isNewerTestmon = isNewer
  }

  /// nil for a release of testmon that isn't older than the first known: 1.x has other data, and is never coordinated.
  /// - Parameter python: the path of the interpreter that has it, where that is known.
  init?(olderTestmon release: String, python: String? = nil) {
    guard Release(release) < .oldestKnown else { return nil }
    self.init(
      .dataFile,
      "pytest-testmon \(release) is older than what testmon-xdist \(version) works with "
        + "(\(Release.oldestKnown) to \(Release.newestKnown)); install a later one: "
        + Advice.install("pytest-testmon>=\(Release.oldestKnown)", in: python))
  }

  /// nil for a release of xdist that isn't older than the first known: with those its workers crash, one after the other.
  /// - Parameter python: the path of the interpreter that has it, where that is known.
  init?(olderXdist release: String, python: String?) {
    guard Release(release) < .oldestXdist else { return nil }
    self.init(
      .usage,
      "pytest-xdist \(release) is older than what testmon-xdist \(version) works with "
        + "(\(Release.oldestXdist) and later); run without workers (-n 0), or install a later one: "
        + Advice.install("pytest-xdist>=\(Release.oldestXdist)", in: python))
  }

  init(interruptedBy signal: Int32) {
    self.init(.problemFound, "signal \(signal)")
    self.signal = signal
  }

  init(_ error: SystemError) {
    self.init(.coordination, "the system refuses what a run needs: \(error); \(error.next)")
    details += " (errno \(error.code))"
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
      if let cause = error.underlying { details += " (\(cause))" }
      if case .unknownDataVersion(let number) = error.reason { isNewerTestmon = DataVersion.isNewer(Int64(number)) }
    case let error as CoordinationError: self.init(error)
    case let error as SystemError: self.init(error)
    default:
      self.init(
        .bug,
        "a bug in testmon-xdist \(version): \(error); please report it, with what this prints: testmon-xdist doctor --json"
      )
    }
  }
}
