import Testing

/// A fault that one of doctor's checks finds: its test makes it for real, sees doctor name it, does what doctor says, and
/// sees doctor content.
///
/// `make doctor-checks` lists the first two arguments: they are literals, on one line, as in `Fault("name", "the fault",`.
struct Fault: Sendable, CustomTestStringConvertible {
  enum Verdict: String, Sendable { case warning, failure }

  /// How to do what doctor says.
  enum Cure: Sendable {
    /// It says a command, or several: they are pasted into a shell, and doctor is called there again.
    case paste
    /// By `doctor --fix`.
    case fix
    /// It says what to do in words; the second argument is what it says.
    case hand(@Sendable (Patient, _ next: String) throws -> Void)
  }

  /// The check's name, as in `--json`.
  let check: String
  /// The fault, in few words.
  let name: String
  let verdict: Verdict
  /// What the check's messages must have.
  let says: [String]
  let cure: Cure
  /// Other checks that are bound to find something, too.
  let others: [String]
  /// Whether the fault can be made here.
  let isPossible: Bool
  let make: @Sendable (Patient) throws -> Void

  init(
    _ check: String, _ name: String, _ verdict: Verdict = .failure, says: [String], cure: Cure, others: [String] = [],
    isPossible: Bool = true, make: @escaping @Sendable (Patient) throws -> Void
  ) {
    self.check = check
    self.name = name
    self.verdict = verdict
    self.says = says
    self.cure = cure
    self.others = others
    self.isPossible = isPossible
    self.make = make
  }

  var testDescription: String { "\(check): \(name)" }

  static let all = settings + setup + blockedPlugins + versions + run + rehearsal + data + fileSystem + ci

  /// Checks without a fault of their own, and why.
  static let notMade: [String: String] = [:]
}

/// A project in good health, to which a fault is done.
final class Patient {
  let project: Project
  /// More options for doctor.
  var options: [String] = []
  /// The shell that it is started from.
  var shell = PatientShell()
  /// What has to live as long as the fault, such as processes.
  var kept: [AnyObject] = []

  /// - Parameter project: one that isn't to be used for anything else; nil: a new one.
  init(_ project: Project? = nil) throws {
    self.project = try project ?? Project()
    try self.project.addFourTests()
    try self.project.installPlugin()
    self.project.variables[Patient.enabled] = "true"
  }

  static let enabled = "TESTMON_XDIST_CONTROLLER_PRECREATION"

  /// What doctor says.
  /// - Parameter command: what is pasted into the shell before, if anything.
  func diagnose(after command: String? = nil, _ more: String..., sourceLocation: SourceLocation = #_sourceLocation)
    throws
    -> Diagnosis
  {
    let executable = try shell.executable ?? Surroundings.executable
    let pasted = command.map { Patient.calling(executable, in: $0) }
    let script = #"\#(try shell.prepare(pasted, in: project))exec "$0" doctor --json "$@""#
    let words = shell.words + ["-c", script, executable] + options + more
    let outcome = try project.run(words)
    let diagnosis = try outcome.decoded(Diagnosis.self)
    #expect(outcome.status == (diagnosis.healthy ? 0 : 1), "\(outcome)", sourceLocation: sourceLocation)
    #expect(
      command != nil || shell.prelude != "" || outcome.errors == "", "\(outcome)", sourceLocation: sourceLocation)
    return diagnosis.without(shell.ignored)
  }

  /// The command with the path of the executable, which isn't in PATH: the plugin must not find it there.
  private static func calling(_ executable: String, in command: String) -> String {
    command.hasPrefix("testmon-xdist ") ? "'\(executable)'" + command.dropFirst("testmon-xdist".count) : command
  }

  func run(_ words: [String]) throws {
    let outcome = try project.run(words)
    try #require(outcome.status == 0, "\(words): \(outcome)")
  }

  /// Writes pytest's configuration.
  func configure(_ lines: String...) throws {
    try project.write((["[pytest]"] + lines).joined(separator: "\n") + "\n", to: "pytest.ini")
  }
}
