/// What a run has to do, as far as the plugin knows before any test is collected. All times are in seconds.
public struct Work: Decodable, Equatable, Sendable {
  /// How many workers xdist would start.
  public var mostWorkers: Int
  /// Whether somebody has asked for no more than that.
  public var isMostFixed: Bool
  /// Processor time that the pytest has taken until now: a worker takes about as much before it collects.
  public var start: Double
  /// How much memory the pytest takes, in bytes.
  public var residentBytes: Int
  /// How many tests testmon knows.
  public var allTests: Int
  /// Why nothing else can be said; nil where something can.
  public var obstacle: String?
  /// How many of the known tests are to run.
  public var tests: Int
  /// What these take, one after the other.
  public var seconds: Double
  /// What the longest of them takes.
  public var longest: Double
  /// How many known tests there are in the files that are collected for them.
  public var collected: Int
  /// Of the tests: those whose process died of them when they ran last.
  public var crashedTests: Int
  /// An estimate.
  public var unknownTests: Int
  public var unknownSeconds: Double

  enum CodingKeys: String, CodingKey {
    case start, obstacle, tests, seconds, longest, collected
    case mostWorkers = "most_workers"
    case isMostFixed = "is_most_fixed"
    case residentBytes = "resident_bytes"
    case allTests = "all_tests"
    case crashedTests = "crashed_tests"
    case unknownTests = "unknown_tests"
    case unknownSeconds = "unknown_seconds"
  }
}

/// What a run would have to do, and why.
public struct PlannedWork: Decodable, Equatable, Sendable {
  public var work: Work
  /// How many tests each changed file makes run.
  public var changedFiles: [String: Int]

  enum CodingKeys: String, CodingKey {
    case work
    case changedFiles = "changed_files"
  }
}
