/// How many workers a run gets: as many as make it end soonest, and none where this process alone is as fast.
public struct Plan: Equatable, Sendable {
  /// How long a run would take with so many workers, from its beginning. 0 workers: the tests run in the controlling pytest.
  public struct Prediction: Equatable, Sendable {
    public let workers: Int
    public let seconds: Double
  }

  public let work: Work
  /// For each number of workers that may be chosen; empty where nothing can be said.
  public let predictions: [Prediction]
  /// nil: as many as xdist would start.
  public let workers: Int?
  /// Why it can't be fewer, or more; nil where only time counts.
  public let limit: String?

  /// A worker more must be worth this part of the time.
  private static let worthwhile = 0.03
  /// Where tests wait for something else than a processor: how many workers one processor may have.
  private static let workersPerCore = 4.0
  /// How much of the memory that is free workers may take.
  private static let memoryShare = 0.5

  /// - Parameter runs: past ones of this project, the latest first.
  public init(_ work: Work, _ runs: [MeasuredRun], on machine: Machine) {
    self.work = work
    guard work.obstacle == nil, work.mostWorkers > 0 else {
      (predictions, workers, limit) = ([], nil, work.obstacle)
      return
    }
    let costs = Costs(runs, start: work.start)
    let most = Self.mostWorkers(work, machine)
    let runsTests = work.tests > 0 || work.unknownTests > 0
    let testsMayCrash = work.crashedTests > 0 || costs.testsMayCrash && runsTests
    let fewest = testsMayCrash ? 1 : 0
    predictions = (fewest...max(most, fewest)).map { count in
      Prediction(workers: count, seconds: Self.seconds(work, costs, machine, workers: count))
    }
    let best = predictions.map(\.seconds).min() ?? 0
    workers = predictions.first { $0.seconds * (1 - Self.worthwhile) <= best }?.workers
    limit = testsMayCrash ? "a test ended its process when it ran last" : nil
  }

  /// The prediction for the number that was chosen.
  public var chosen: Prediction? { predictions.first { $0.workers == workers } }

  private static func mostWorkers(_ work: Work, _ machine: Machine) -> Int {
    let asked = min(work.mostWorkers, 4096)
    if work.isMostFixed { return asked }
    var most = max(asked, Int((machine.cores * workersPerCore).rounded()))
    if let free = machine.freeMemory, work.residentBytes > 0 {
      most = min(most, Int(Double(free) * memoryShare / Double(work.residentBytes)))
    }
    return max(asked, most)
  }

  static func seconds(_ work: Work, _ costs: Costs, _ machine: Machine, workers: Int) -> Double {
    let collection = costs.collectionPerTest * (Double(work.collected) + Double(work.unknownTests))
    let tests = (work.seconds + work.unknownSeconds) * costs.undisturbed
    let processor = tests * costs.busy
    if workers == 0 { return collection + max(tests, processor / machine.cores) }
    let recording = costs.recordingPerTest * (Double(work.tests) + Double(work.unknownTests))
    // Workers start side by side, as far as there are processors.
    let start = (costs.workerStart + collection) * max(1, Double(workers) / machine.cores)
    let cores = min(machine.cores, Double(workers))
    let run = max(
      tests / Double(workers), work.longest * costs.undisturbed, processor / cores,
      (processor + recording) / machine.cores)
    return start + run
  }
}
