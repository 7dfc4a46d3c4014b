/// What a run had to do, and what not. All times are in seconds.
public struct RanTests: Decodable, Equatable, Sendable {
  public struct Amount: Decodable, Equatable, Sendable {
    public var tests: Int
    /// One after the other.
    public var seconds: Double
    /// Of the longest.
    public var longest: Double

    public init(tests: Int, seconds: Double, longest: Double) {
      self.tests = tests
      self.seconds = seconds
      self.longest = longest
    }

    /// Whether it can be.
    var isPlausible: Bool {
      (0..<1_000_000_000).contains(tests) && (0..<1e9).contains(seconds) && (0..<1e9).contains(longest)
    }
  }

  /// How many tests were known when the run began.
  public var allTests: Int
  public var ran: Amount
  /// Of the known tests that would have run without testmon.
  public var notNeeded: Amount
  /// How many workers xdist would have started.
  public var askedWorkers: Int
  /// The names of those that ran, or were to run; empty where they are too many to be told.
  public var tests: [String]
  public var causes: [CausedTests]

  public init(
    allTests: Int, ran: Amount, notNeeded: Amount, askedWorkers: Int, tests: [String] = [], causes: [CausedTests]
  ) {
    self.allTests = allTests
    self.tests = tests
    self.ran = ran
    self.notNeeded = notNeeded
    self.askedWorkers = askedWorkers
    self.causes = causes
  }

  enum CodingKeys: String, CodingKey {
    case ran, tests, causes
    case allTests = "all_tests"
    case notNeeded = "not_needed"
    case askedWorkers = "asked_workers"
  }

  /// How much longer a run of all tests would have taken, by the clock: the sum of what tests take is more than that where
  /// workers run them side by side. By the same model as plans; 0 where nothing can be said.
  /// - Parameters:
  ///   - workers: how many the run had; a run of all tests would have had as many as were asked for.
  ///   - runs: past ones, the latest first.
  public func savedSeconds(workers: Int, _ runs: [MeasuredRun], on machine: Machine) -> Double {
    guard ran.isPlausible, notNeeded.isPlausible, notNeeded.tests > 0 else { return 0 }
    let costs = Costs(runs, start: 0)
    func seconds(_ amount: Amount, _ workers: Int) -> Double {
      if amount.tests == 0 && workers == 0 { return 0 }
      return Plan.seconds(Work(amount), costs, machine, workers: min(max(workers, 0), 4096))
    }
    let all = Amount(
      tests: ran.tests + notNeeded.tests, seconds: ran.seconds + notNeeded.seconds,
      longest: max(ran.longest, notNeeded.longest))
    return max(0, seconds(all, askedWorkers) - seconds(ran, workers))
  }
}

extension Work {
  fileprivate init(_ amount: RanTests.Amount) {
    self.init(
      mostWorkers: 0, isMostFixed: true, start: 0, residentBytes: 0, allTests: amount.tests, obstacle: nil,
      tests: amount.tests, seconds: amount.seconds, longest: amount.longest, collected: amount.tests, crashedTests: 0,
      unknownTests: 0, unknownSeconds: 0)
  }
}
