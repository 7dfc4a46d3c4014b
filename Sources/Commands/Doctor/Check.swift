/// One question that doctor asks; each has a file of its own in `Checks/`.
protocol Check: Sendable {
  /// As in `--json`; never changes.
  var name: String { get }
  var group: CheckGroup { get }
  func run(in context: CheckContext) -> [Finding]
}

/// What a check is about; in the order in which an answer helps to understand the next.
enum CheckGroup: String, CaseIterable, Encodable {
  case settings, setup, versions, run, data
  case fileSystem = "file-system"
  case ci

  var heading: String {
    switch self {
    case .settings: "Settings"
    case .setup: "Set-up"
    case .versions: "Versions"
    case .run: "Run"
    case .data: "Data"
    case .fileSystem: "File system"
    case .ci: "CI"
    }
  }
}

/// What a check found: the cause, and the next command.
struct Finding {
  enum Verdict { case good, warning, failure }
  let verdict: Verdict
  let message: String
  /// What to do, best a command; nil where nothing is to be done.
  var next: String?
  /// What is well, in a few words: doctor's last line joins them.
  var summary: String?
  /// Repairs it, and says what it did. Only what can't lose anything.
  var repair: (() throws -> String)?

  static func good(_ message: String, summary: String? = nil) -> Finding {
    Finding(verdict: .good, message: message, summary: summary)
  }
  static func warning(_ message: String, next: String, repair: (() throws -> String)? = nil) -> Finding {
    Finding(verdict: .warning, message: message, next: next, repair: repair)
  }
  static func failure(_ message: String, next: String? = nil, repair: (() throws -> String)? = nil) -> Finding {
    Finding(verdict: .failure, message: message, next: next, repair: repair)
  }
}
