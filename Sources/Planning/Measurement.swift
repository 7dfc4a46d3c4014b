/// What a process that ran tests took in a past run. All times are in seconds.
public struct Measurement: Codable, Equatable, Sendable {
  /// The worker's id; empty for the controlling pytest itself.
  public var process: String
  /// Processor time from the process's start until it collected.
  public var start: Double
  /// Processor time of collecting.
  public var collection: Double
  /// How many tests it collected, the deselected ones included.
  public var collected: Int
  /// How many it ran.
  public var tests: Int
  /// From the start to the end of each test, added up.
  public var testSeconds: Double
  /// Processor time of the tests, with what they started.
  public var processor: Double
  /// How long the tests waited for a processor.
  public var queued: Double

  public init(
    process: String, start: Double, collection: Double, collected: Int, tests: Int, testSeconds: Double,
    processor: Double, queued: Double
  ) {
    self.process = process
    self.start = start
    self.collection = collection
    self.collected = collected
    self.tests = tests
    self.testSeconds = testSeconds
    self.processor = processor
    self.queued = queued
  }

  enum CodingKeys: String, CodingKey {
    case process, start, collection, collected, tests, processor, queued
    case testSeconds = "test_seconds"
  }

  /// Whether it can have been measured.
  public var isPlausible: Bool {
    [start, collection, testSeconds, processor, queued].allSatisfy { (0..<1e9).contains($0) }
      && [collected, tests].allSatisfy { (0..<1_000_000_000).contains($0) }
  }
}

/// What a past run took.
public struct MeasuredRun: Equatable, Sendable {
  public var processes: [Measurement]
  /// Processor time that the controlling pytest took for what its workers reported, in seconds.
  public var recording: Double
  /// Whether a process died of a test.
  public var hasCrashed: Bool

  public init(processes: [Measurement], recording: Double, hasCrashed: Bool) {
    self.processes = processes
    self.recording = recording
    self.hasCrashed = hasCrashed
  }
}
