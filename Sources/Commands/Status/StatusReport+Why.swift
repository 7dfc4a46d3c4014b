import CommandLine
import Coordination
import FoundationEssentials
import Planning
import Testmon

extension StatusReport {
  /// Why tests ran in the last run of which that is known.
  struct Why: Encodable, Equatable {
    struct Reason: Encodable, Equatable {
      let kind: String
      let file: String?
      let name: String?
      let tests: Int
      /// In words.
      let text: String
    }

    /// The test that was asked about.
    struct Test: Encodable, Equatable {
      let name: String
      /// Whether it ran in that run.
      let ran: Bool
      /// Why it ran.
      let causes: [Reason]
      /// Whether it was to run, and didn't.
      let leftOut: Bool
      /// What it uses; nil where the data file doesn't know it.
      let files: [String]?
      /// When the run began in which it ran last; nil where the history has none.
      let lastRanAt: Double?

      enum CodingKeys: String, CodingKey {
        case name, ran, causes, files
        case leftOut = "left_out"
        case lastRanAt = "last_ran_at"
      }
    }

    /// nil where the history has none.
    let run: PastRun?
    /// Those that made most tests run first.
    let causes: [Reason]
    let test: Test?
  }
}

extension StatusReport.Why {
  /// - Parameter dataFile: where the data file is.
  init(_ context: Context, _ question: StatusOptions.Why, _ dataFile: String) throws {
    let name: String? = if case .test(let name) = question { name } else { nil }
    let files = try name.flatMap { try Self.files(of: $0, at: dataFile) }
    let found = try StatusReport.lookAtHistory(of: context.project) { history in
      let last = try history.recent(1, explained: true).first
      let causes = try last.map { try history.causes(of: $0.start.runID) } ?? []
      let own = try name.flatMap { name in try last.map { try history.causes(of: name, in: $0.start.runID) } } ?? []
      let lastRun = try name.flatMap { try history.lastRun(of: $0) }
      let similar = try name.map { try history.tests(like: $0, atMost: 5) } ?? []
      return (last: last, causes: causes, own: own, lastRun: lastRun, similar: similar)
    }
    run = (found?.last).map { StatusReport.PastRun($0) }
    causes = (found?.causes ?? []).map { Reason($0) }
    guard let name else {
      test = nil
      return
    }
    let own = found?.own ?? []
    if files == nil && own.isEmpty && found?.lastRun == nil {
      let similar = found?.similar ?? []
      let hint = similar.isEmpty ? "" : "; there are: \(similar.joined(separator: ", "))"
      throw CommandFailure(.usage, "no test of the name \(name) is known; give its whole node id\(hint)")
    }
    let ran = own.filter { $0.cause.kind != .leftOut }
    test = Test(
      name: name, ran: !ran.isEmpty, causes: ran.map { Reason($0) }, leftOut: ran.isEmpty && !own.isEmpty, files: files,
      lastRanAt: (found?.lastRun)?.start.startedAt.timeIntervalSince1970)
  }

  private static func files(of test: String, at path: String) throws(DataFileError) -> [String]? {
    do {
      return try DataFile.files(of: test, at: path)
    } catch {
      // What is wrong with the file was told in its own part.
      return nil
    }
  }
}

extension StatusReport.Why.Reason {
  init(_ recorded: History.RecordedCause) {
    self.init(
      kind: recorded.cause.kind.rawValue, file: recorded.cause.file, name: recorded.cause.name, tests: recorded.tests,
      text: recorded.cause.text)
  }
}
