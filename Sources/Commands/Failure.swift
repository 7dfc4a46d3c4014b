import CommandLine
import Coordination
import Platform
import Settings
import Testmon
import Text

/// An error as the user gets it: what happened, where, the next step, and the exit status.
struct Failure: Error {
  let status: ExitStatus
  /// One each, where several things are wrong at once.
  let messages: [String]
  var message: String { messages.joined(separator: "\n") }
  /// The exit status where a COMMAND was to be run: its own statuses must stay its own.
  private(set) var statusWithCommand: ExitStatus
  /// The message for who shows it as it is: nothing in it can drive a terminal.
  var printable: String { messages.map(Printable.escape).joined(separator: "\n") }
  /// Whether it is that the installed testmon is newer than what this program knows. Nothing has been touched then.
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

  /// The current folder can't be named. Nothing has been touched then.
  static let pathIsNoText = Failure(
    .usage, "the path of the current folder isn't UTF-8, and testmon-xdist takes paths for text; rename the folder")

  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as SettingsError: self.init(.usage, error.problems.map(\.description))
    case let error as DataFileError:
      self.init(.dataFile, error.description)
      if case .unknownDataVersion(let number) = error.reason { isNewerTestmon = DataVersion.isNewer(Int64(number)) }
    case let error as CoordinationError: self.init(error)
    case let error as SystemError: self.init(.coordination, "the system refuses what a run needs: \(error)")
    default: self.init(.bug, "\(error)")
    }
  }

  private init(_ error: CoordinationError) {
    switch error {
    case .held(let holder, let waited):
      self.init(
        .busy,
        "\(holder.map(describe) ?? "another run") still holds this project after \(seconds(waited)); "
          + "wait for it, raise lock_timeout (TESTMON_XDIST_LOCK_TIMEOUT), or end it: "
          + "testmon-xdist cleanup\(holder?.kind == .held ? "" : " --force")")
    case .inside(let holder):
      let advice =
        switch holder.kind {
        case .pytest:
          "a test that starts a pytest with testmon must give it a rootdir of its own (--rootdir), or --no-testmon"
        case .command: "leave the inner controller out: pytests and workers below the outer one need no other"
        case .held: "leave the inner controller out, or end the outer one first: testmon-xdist cleanup"
        }
      self.init(.busy, "this was started inside \(describe(holder)), which holds the project until it ends; \(advice)")
      statusWithCommand = .commandFailed
    case .timedOut(let waited, let folder):
      self.init(
        .timedOut,
        "no live run has made the data ready in \(folder) after \(seconds(waited)); "
          + "start one: testmon-xdist controller --detach, or look: testmon-xdist status")
    case .ended(let runID):
      self.init(.timedOut, "run \(runID) is over; start another: testmon-xdist controller --detach")
    case .untrusted(let path, let reason):
      self.init(
        .coordination,
        "\(path): \(reason); if no run needs it, remove it: rm -r \(ShellWord.quote(RunFolder.containing(path)))")
    case .system(let error):
      self.init(.coordination, "\(error); the coordination folder must be readable and writable for you")
    }
  }
}

/// "the run of pytest (pid 123, begun 5s ago)"
func describe(_ holder: Holder) -> String {
  let what =
    switch holder.kind {
    case .pytest: "the run of pytest (pid \(holder.owner.pid), "
    case .command: "the run of 'testmon-xdist controller -- ...' (pid \(holder.controller.pid), "
    case .held: "the run held by 'testmon-xdist controller' (pid \(holder.controller.pid), "
    }
  return "\(what)begun \(ago(since: holder.since)) ago)"
}

/// "30s", "2.5s": the shortest form of a number of seconds.
func seconds(_ value: Double) -> String {
  value.isFinite && value >= 0 ? "\(DecimalText.text(value))s" : "\(value)s"
}

/// "12s", "3m 5s", "2h 4m", "3d 1h": how long ago a time of day was.
func ago(since time: Double, now: Double = wallClock()) -> String {
  let total = Int(min(max(now - time, 0), 1e12))
  let (minutes, hours, days) = (total / 60, total / 3600, total / 86400)
  if days > 0 { return "\(days)d \(hours % 24)h" }
  if hours > 0 { return "\(hours)h \(minutes % 60)m" }
  return minutes > 0 ? "\(minutes)m \(total % 60)s" : "\(total)s"
}
