/// What made tests run.
public struct Cause: Codable, Hashable, Sendable {
  public enum Kind: String, Codable, Sendable {
    // In a file that the test uses; the name is that of a function, or ``wholeFile``'s:
    case changed, added, removed, moved
    // The file itself:
    case gone, unparsable
    case newFile = "new_file"
    case newTest = "new_test"
    // The test itself:
    case failed
    /// Its process died of it.
    case crashed
    /// It was collected, and has no result since.
    case unfinished
    /// Maybe recorded by coverage's core `sysmon`.
    case doubted
    // The run:
    /// testmon didn't select: what was asked for ran.
    case asked
    /// The workers' Pythons differ.
    case workers
    /// No test was known; what was asked for ran. The plugin says no more; one of the next four says why.
    case everything
    /// The name tells how packages and Python have changed.
    case packages
    /// The name is the environment's: nothing was recorded there yet.
    case environment
    case noData = "no_data"
    /// The name tells which data version the data file had, and who makes such files.
    case dataVersion = "data_version"
    case unknown
    /// It was to run, and didn't: no cause.
    case leftOut = "left_out"
  }

  public var kind: Kind
  /// Below the rootdir; nil where it is about none.
  public var file: String?
  public var name: String?

  /// The name of what is in no function.
  public static let wholeFile = "<module>"

  public init(_ kind: Kind, file: String? = nil, name: String? = nil) {
    self.kind = kind
    self.file = file
    self.name = name
  }
}

/// A cause, and the tests that it made run.
public struct CausedTests: Decodable, Equatable, Sendable {
  public var cause: Cause
  public var count: Int
  /// Their places among ``RanTests/tests``; empty where they are too many to be told.
  public var tests: [Int]

  public init(_ cause: Cause, count: Int, tests: [Int] = []) {
    self.cause = cause
    self.count = count
    self.tests = tests
  }

  enum CodingKeys: String, CodingKey { case count, tests }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try Cause(from: decoder), count: try values.decode(Int.self, forKey: .count),
      tests: try values.decode([Int].self, forKey: .tests))
  }
}

/// What testmon has selected of the tests that it knows.
public struct Selection: Decodable, Equatable, Sendable {
  /// How many it knows.
  public var allTests: Int
  /// How many are to run.
  public var tests: Int
  public var causes: [CausedTests]

  public init(allTests: Int, tests: Int, causes: [CausedTests]) {
    self.allTests = allTests
    self.tests = tests
    self.causes = causes
  }

  enum CodingKeys: String, CodingKey {
    case tests, causes
    case allTests = "all_tests"
  }
}
