import CommandLine
import Coordination
import Platform
import Settings

/// Which messages plugin and executable understand: raised with each change that one of an earlier release wouldn't.
/// The plugin says its number when it starts us.
enum PluginProtocol {
  static let current = 2

  /// - Throws: where the plugin is of a release that means something else by what it says.
  static func check(_ text: String) throws(CommandFailure) {
    guard text != "\(current)" else { return }
    // The first release, 0.1.0, gave the release of testmon here.
    let release = text.contains(".") ? "testmon-xdist 0.1.0" : "another release (protocol \(text))"
    throw CommandFailure(
      .usage,
      "the pytest plugin is of \(release), but \(CurrentProcess.executable) of \(version) (protocol \(current)); "
        + "reinstall testmon-xdist in the Python that runs pytest, so that both are of one release")
  }
}

/// What the plugin is told: a line of JSON on our standard output.
struct PluginAnswer: Encodable {
  enum State: String, Encodable {
    /// Coordination is switched off.
    case off
    /// It is on: the plugin is to send its ``PytestReport``.
    case on
    /// testmon, or its data file, is newer than what we know: pytest goes on without us.
    case newer
    case ready, error
    /// A pytest below `worker ID -- ...` may read the environment.
    case readable
    /// The Pythons that were compared.
    case equal, different
  }

  /// What a controlling pytest needs to know of its run, besides the environment.
  struct Run: Encodable {
    let runID: String
    let expectedWorkers: Int
    /// Whether we have made the data file.
    let created: Bool
    /// Whether an environment that was used before is used again.
    let pickedUpAgain: Bool
    /// Whether what is recorded is to be marked as a coordinated run's.
    let marksTests: Bool

    enum CodingKeys: String, CodingKey {
      case created
      case runID = "run_id"
      case expectedWorkers = "expected_workers"
      case pickedUpAgain = "picked_up_again"
      case marksTests = "marks_tests"
    }
  }

  let state: State
  var message: String?
  var environment: PreparedEnvironment?
  var run: Run?
  private let `protocol` = PluginProtocol.current
  private let release = version

  enum CodingKeys: String, CodingKey {
    case state, message, environment, run, `protocol`
    case release = "version"
  }

  init(_ state: State, message: String? = nil, environment: PreparedEnvironment? = nil, run: Run? = nil) {
    self.state = state
    self.message = message
    self.environment = environment
    self.run = run
  }

  /// An error is an answer here: pytest shows it.
  static func report(_ failure: CommandFailure) { try? PluginAnswer(.error, message: failure.printable).send() }

  /// - Throws: where the plugin doesn't get it: to wait for what it says to that would be for ever.
  func send() throws(CommandFailure) {
    guard Output.standard.write(String(decoding: JSON.encode(self, pretty: false), as: UTF8.self)) == .written else {
      throw CommandFailure(.usage, "this option is for the pytest plugin, which reads standard output; nobody does")
    }
  }
}

/// The last line that the plugin sends.
struct Farewell: Decodable {
  /// pytest's.
  let exitStatus: Int32
  /// Whether the user interrupted pytest: its status 2 may have other reasons.
  let interrupted: Bool

  enum CodingKeys: String, CodingKey {
    case exitStatus = "exit_status"
    case interrupted
  }
}

extension PytestReport {
  /// The facts, where testmon is one that we work with.
  /// - Throws: `isNewerTestmon` where it is of a later release than all that we know, and made otherwise.
  func known() throws(CommandFailure) -> Facts {
    if let older = CommandFailure(olderTestmon: testmon) { throw older }
    guard let facts else { throw CommandFailure(unknownTestmon: testmon) }
    return facts
  }
}
