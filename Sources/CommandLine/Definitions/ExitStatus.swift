/// What `testmon-xdist` tells its caller; the raw value is the exit status.
///
/// With a COMMAND the status is COMMAND's own, or one of the last four, as in env(1) and timeout(1).
public enum ExitStatus: Int32, CaseIterable, Sendable {
  case done = 0
  case problemFound = 1
  case usage = 2
  case timedOut = 3
  case busy = 4
  case dataFile = 5
  case coordination = 6
  case bug = 70
  case commandTimedOut = 124
  case commandFailed = 125
  case commandNotExecutable = 126
  case commandNotFound = 127

  /// The meaning, as help and the manual page print it.
  public var meaning: String {
    switch self {
    case .done: "done"
    case .problemFound: "doctor found a problem; cleanup had to leave something; a result can't be written"
    case .usage: "wrong usage or a wrong setting; the message names the place and what would be right"
    case .timedOut: "timed out waiting"
    case .busy: "another live run holds this project"
    case .dataFile: "the data file can't be used: corrupt, unreadable, or of an unknown data version"
    case .coordination:
      "the coordination files are damaged or not ours to trust, or the system refuses what a run needs, as without /proc"
    case .bug: "a bug in testmon-xdist"
    case .commandTimedOut: "with COMMAND: testmon-xdist timed out before COMMAND could start"
    case .commandFailed: "with COMMAND: testmon-xdist itself failed, wrong usage included"
    case .commandNotExecutable: "COMMAND was found but can't be executed"
    case .commandNotFound: "COMMAND was not found"
    }
  }
}
