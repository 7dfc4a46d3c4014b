import CommandLine
import Coordination
import Glibc
import Platform
import Settings
import Testmon
import Variables

/// `controller --companion`: the controller of a pytest that has the plugin.
///
/// Lines of JSON go to and fro. We say whether coordination is on; the plugin then writes its facts to our standard
/// input, and gets the run's. The run lasts until that input ends, or that process does, whichever way; a last line may
/// say with which exit status.
struct CompanionController {
  private let testmon: String
  private let context: Context

  /// - Parameter testmon: the release of the plugin's testmon.
  init(testmon: String, _ context: Context) {
    self.testmon = testmon
    self.context = context
  }

  /// The line that the plugin gets.
  private struct Answer: Encodable {
    /// `newer`: the plugin's testmon is newer than what we know; it goes on without us.
    enum State: String, Encodable { case off, newer, on, ready, error }
    let state: State
    var message: String?
    var runID: String?
    var environmentID: Int64?
    var environmentName: String?
    var packagesChanged: Bool?
    var created: Bool?
    var pickedUpAgain: Bool?
    var marksTests: Bool?
    var databasePath: String?
    var dataVersion: Int?
    var expectedWorkers: Int?
    var `protocol`: Int?
    var version: String?

    enum CodingKeys: String, CodingKey {
      case state, message, created, `protocol`, version
      case runID = "run_id"
      case environmentID = "environment_id"
      case environmentName = "environment_name"
      case packagesChanged = "packages_changed"
      case pickedUpAgain = "picked_up_again"
      case marksTests = "marks_tests"
      case databasePath = "database_path"
      case dataVersion = "data_version"
      case expectedWorkers = "expected_workers"
    }
  }

  /// The last line that the plugin sends.
  private struct Farewell: Decodable {
    let exitStatus: Int32
    /// Whether the user interrupted pytest: its status 2 may have other reasons.
    let interrupted: Bool

    enum CodingKeys: String, CodingKey {
      case exitStatus = "exit_status"
      case interrupted
    }
  }

  /// Which messages plugin and executable understand: raised with each change that one of an earlier release wouldn't.
  private static let currentProtocol = 1

  /// An error is an answer here: pytest shows it.
  static func report(_ failure: CommandFailure) {
    Output.standard.write(line(Answer(state: .error, message: failure.printable)))
  }

  /// - Throws: where the plugin doesn't get it: to wait for what it says to that would be for ever.
  private static func reply(_ answer: Answer) throws(CommandFailure) {
    guard Output.standard.write(line(answer)) == .written else {
      throw CommandFailure(.usage, "--companion is for the pytest plugin, which reads standard output; nobody does")
    }
  }

  private static func line(_ answer: Answer) -> String {
    String(decoding: JSON.encode(answer, pretty: false), as: UTF8.self)
  }

  /// - Throws: where the plugin is of a release that means something else by what it says.
  private static func checkProtocol(of line: [UInt8]) throws(CommandFailure) {
    struct Message: Decodable { let `protocol`: Int? }
    let found = JSON.decode(Message.self, from: line)?.protocol
    guard found != currentProtocol else { return }
    // A later one has compared the numbers by itself; the first release, 0.1.0, had none.
    let release = found.map { "another release (protocol \($0))" } ?? "testmon-xdist 0.1.0"
    throw CommandFailure(
      .usage,
      "the pytest plugin is of \(release), but \(CurrentProcess.executable) of \(version) (protocol \(currentProtocol)); "
        + "reinstall testmon-xdist in the Python that runs pytest, so that both are of one release")
  }

  func run() throws -> Int32 {
    guard context.settings.enabled.value else {
      try Self.reply(Answer(state: .off))
      return ExitStatus.done.rawValue
    }
    if let older = CommandFailure(olderTestmon: testmon) { throw older }
    if let newer = CommandFailure(newerTestmon: testmon) { return try goOnWithout(newer) }
    try ProcessIdentity.requireKnown()
    try Self.reply(Answer(state: .on, protocol: Self.currentProtocol, version: version))
    // While we wait for another run, a pytest that is killed takes us along.
    Signals.whenParentEnds(send: SIGTERM)
    let lines = LineReader(FileDescriptor(STDIN_FILENO))
    let line = lines.next()
    if let line { try Self.checkProtocol(of: line) }
    guard let line, var facts = JSON.decode(Facts.self, from: line) else {
      throw CommandFailure(
        .usage, "--companion is for the pytest plugin, which writes facts to standard input; none came")
    }
    // What a wrapping controller was told.
    if facts.expectedWorkers > 0, let workers = context.environment[.workers].flatMap(Int.init) {
      facts.expectedWorkers = workers
    }
    guard let owner = ProcessIdentity(of: facts.ownerPID) else {
      throw CommandFailure(.usage, "the pytest that asked (pid \(facts.ownerPID)) is gone")
    }
    let session = try ControlledRun(context, kind: .pytest, owner: owner)
    // What a terminal's Ctrl-C tells, pytest decides on; from here on we end when it has.
    let signals: Signals
    let (marker, preparation): (Marker, Preparation)
    do {
      signals = try Signals([SIGTERM, SIGINT, SIGQUIT, SIGHUP])
      (marker, preparation) = try session.makeReady(facts)
    } catch {
      try? session.end(.failed)
      return try goOnWithout(CommandFailure(error))
    }
    let ready = Answer(
      state: .ready, runID: marker.runID, environmentID: marker.environmentID,
      environmentName: marker.environmentName, packagesChanged: marker.packagesChanged,
      created: preparation.created, pickedUpAgain: preparation.pickedUpAgain, marksTests: preparation.marksTests,
      databasePath: marker.databasePath, dataVersion: marker.dataVersion, expectedWorkers: marker.expectedWorkers,
      version: version)
    let isHeard = (try? Self.reply(ready)) != nil

    do {
      try wait(for: owner, session, lines, signals, isHeard: isHeard)
    } catch {
      // Nobody reads answers any more.
      let failure = CommandFailure(error)
      context.diagnostics.error(failure.message)
      return failure.status.rawValue
    }
    return ExitStatus.done.rawValue
  }

  /// Waits for the end of the pytest, unless that didn't get our last answer, and ends its run.
  private func wait(
    for owner: ProcessIdentity, _ session: ControlledRun, _ lines: LineReader, _ signals: Signals, isHeard: Bool
  ) throws {
    let loop = EventLoop()
    var exitStatus: Int32?
    var outcome = RunRecorder.Outcome.died
    session.watchWorkers(in: loop)
    loop.watch(lines.input) {
      guard let line = lines.next() else { return loop.stop() }
      if let farewell = JSON.decode(Farewell.self, from: line) {
        exitStatus = farewell.exitStatus
        outcome = farewell.interrupted ? .interrupted : .finished
      }
    }
    // A process that pytest forked may keep the pipe open after it.
    let handle = owner.open()
    if let handle { loop.watch(handle.descriptor) { loop.stop() } }
    loop.watch(signals.descriptor) {
      while let signal = signals.next() {
        if signal.number == SIGTERM { loop.stop() }
      }
    }
    do {
      if isHeard { try loop.run() }
    } catch {
      try? session.end(.failed)
      throw error
    }
    try session.end(outcome, exitStatus: exitStatus)
  }

  /// Lets pytest go on without us where that can be, and the settings say so.
  private func goOnWithout(_ failure: CommandFailure) throws(CommandFailure) -> Int32 {
    guard context.mayGoOn(without: failure) else { throw failure }
    try Self.reply(Answer(state: .newer, message: failure.printable))
    return ExitStatus.done.rawValue
  }
}

/// Lines from a descriptor that others keep open.
private final class LineReader {
  let input: FileDescriptor
  private var rest: [UInt8] = []

  init(_ input: FileDescriptor) { self.input = input }

  /// The next line, waiting for it; nil at the end, where there is nothing to be read any more, or where a line is longer
  /// than any of ours.
  func next() -> [UInt8]? {
    while true {
      if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        defer { rest.removeSubrange(...end) }
        return Array(rest[..<end])
      }
      guard let more = try? input.read(), !more.isEmpty, rest.count < 1 << 24 else { return nil }
      rest += more
    }
  }
}
