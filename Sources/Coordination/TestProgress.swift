import Platform

/// `progress.json`: how far the tests of a run are. Its pytest writes the file anew, in place, after each test: that costs a
/// run next to nothing, and wakes nobody who doesn't look.
public struct TestProgress: Codable, Equatable, Sendable {
  public static let fileName = "progress.json"

  public let runID: String
  /// When pytest estimated how long the other tests take, in seconds since 1970.
  public let timestamp: Double
  public let tests: Tests

  public struct Tests: Codable, Equatable, Sendable {
    /// Tests that have ended.
    public let done: Int
    /// Tests that run in all.
    public let selected: Int
    /// Of those that have ended.
    public let failed: Int
    /// How long the others will take, estimated; nil where nothing can be said yet.
    public let secondsLeft: Double?

    enum CodingKeys: String, CodingKey {
      case done, selected, failed
      case secondsLeft = "seconds_left"
    }

    public init(done: Int, selected: Int, failed: Int, secondsLeft: Double?) {
      self.done = done
      self.selected = selected
      self.failed = failed
      self.secondsLeft = secondsLeft
    }

    /// Whether it can be: nothing is believed only because it is in a file.
    public var isPlausible: Bool {
      0 <= failed && failed <= done && done <= selected && (0..<1e9).contains(secondsLeft ?? 0)
    }
  }

  enum CodingKeys: String, CodingKey {
    case runID = "run_id"
    case timestamp, tests
  }

  public init(runID: String, timestamp: Double, tests: Tests) {
    self.runID = runID
    self.timestamp = timestamp
    self.tests = tests
  }
}

extension RunFolder {
  /// How far the tests of a run are; nil where that isn't known, as before the first one.
  public func progress(of runID: String) -> TestProgress? {
    guard let bytes = try? directory.read(TestProgress.fileName),
      let found = JSON.decode(TestProgress.self, from: bytes),
      found.runID == runID, found.tests.isPlausible
    else { return nil }
    return found
  }
}
