import CommandLine
import Coordination
import Planning
import Platform
import Settings

/// Which messages plugin and executable understand: raised with each change that one of an earlier release wouldn't.
/// The plugin says its number when it starts us.
enum PluginProtocol {
  static let current = 3

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
    /// What the header says of why tests run.
    case explained
    /// How many workers are worth their start.
    case planned
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
    /// Whether the plugin is to send its ``Work`` once testmon has selected tests.
    let adaptiveWorkers: Settings.AdaptiveWorkers
    let schedule: Settings.Schedule

    enum CodingKeys: String, CodingKey {
      case created, schedule
      case adaptiveWorkers = "adaptive_workers"
      case runID = "run_id"
      case expectedWorkers = "expected_workers"
      case pickedUpAgain = "picked_up_again"
      case marksTests = "marks_tests"
    }
  }

  struct Plan: Encodable {
    /// nil: as many as xdist would start.
    let workers: Int?
    /// What the header says.
    let message: String

    enum CodingKeys: String, CodingKey { case workers, message }

    /// `workers` is there even where there is none: null.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(workers, forKey: .workers)
      try container.encode(message, forKey: .message)
    }
  }

  let state: State
  var message: String?
  var environment: PreparedEnvironment?
  var run: Run?
  var plan: Plan?
  /// With ``State/on``: whether the plugin is to write debug lines, too. Plugins that don't know it pass it over.
  var isDebugged: Bool?
  private let `protocol` = PluginProtocol.current
  private let release = version

  enum CodingKeys: String, CodingKey {
    case state, message, environment, run, plan, `protocol`
    case isDebugged = "debug"
    case release = "version"
  }

  init(
    _ state: State, message: String? = nil, environment: PreparedEnvironment? = nil, run: Run? = nil,
    plan: Plan? = nil, isDebugged: Bool? = nil
  ) {
    self.state = state
    self.message = message
    self.environment = environment
    self.run = run
    self.plan = plan
    self.isDebugged = isDebugged
  }

  /// An error is an answer here: pytest shows it.
  static func report(_ failure: CommandFailure) { try? PluginAnswer(.error, message: failure.printable).send() }

  /// - Throws: where the plugin doesn't get it: to wait for what it says to that would be for ever.
  func send() throws(CommandFailure) {
    guard Output.standard.write(String(decoding: JSON.encode(self, pretty: false), as: UTF8.self)) == .written else {
      throw CommandFailure(
        .usage,
        "the pytest plugin, for which this option is, reads standard output, and nobody does; if pytest has died, start it again"
      )
    }
  }
}

/// What the plugin sends when testmon has selected tests, if any are to run.
struct SelectionMessage: Decodable {
  let selection: Selection
}

/// What it sends then if it is to start as many workers as there is work for.
struct PlanRequest: Decodable {
  let work: Work
}

/// The last line that the plugin sends.
struct Farewell: Decodable {
  /// pytest's; nil where it has not begun to run tests, as with `--markers`.
  let exitStatus: Int32?
  /// Whether the user interrupted pytest: its status 2 may have other reasons.
  let interrupted: Bool
  /// Whether a worker died of a test.
  let crashed: Bool
  /// Processor time that pytest took for what its workers reported, in seconds.
  let recording: Double
  /// What each process took that ran tests.
  let measured: [Measurement]
  /// nil where nothing was to be run.
  let ran: RanTests?

  enum CodingKeys: String, CodingKey {
    case exitStatus = "exit_status"
    case interrupted, crashed, recording, measured, ran
  }

  var measuredRun: MeasuredRun { MeasuredRun(processes: measured, recording: recording, hasCrashed: crashed) }
}

extension PytestReport {
  /// The facts, where testmon is one that we work with.
  /// - Throws: `isNewerTestmon` where it is of a later release than all that we know, and made otherwise.
  func known() throws(CommandFailure) -> Facts {
    if let older = CommandFailure(olderTestmon: testmon, python: python) { throw older }
    guard let facts else { throw CommandFailure(unknownTestmon: testmon, python: python) }
    if let xdist, let older = CommandFailure(olderXdist: xdist, python: python) { throw older }
    return facts
  }
}
