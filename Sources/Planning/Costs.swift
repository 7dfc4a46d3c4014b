/// What workers and tests take in this project, learned from past runs. All times are in seconds.
struct Costs: Equatable {
  /// Processor time until a worker collects.
  var workerStart: Double
  /// Processor time of collecting one test.
  var collectionPerTest: Double
  /// Processor time that the controlling pytest takes for each test that a worker reports.
  var recordingPerTest: Double
  /// Of the time that tests were recorded to take: how much they take when none of it is spent waiting for a processor.
  var undisturbed: Double
  /// Of that: how much a processor is busy. More than 1 where tests start processes that work side by side.
  var busy: Double
  /// Whether a worker died of a test in the latest run.
  var testsMayCrash: Bool

  /// Without any past run: what collecting and recording a small test take on an ordinary machine, and that tests compute.
  private static let usualCollection = 0.0005
  private static let usualRecording = 0.001

  /// - Parameters:
  ///   - runs: the latest first.
  ///   - start: what to take for a worker's start where no run tells.
  init(_ runs: [MeasuredRun], start: Double) {
    let workers = runs.map { $0.processes.filter { !$0.process.isEmpty } }
    let all = runs.flatMap(\.processes)
    let starts = workers.joined().map(\.start).sorted()
    workerStart = starts.isEmpty ? max(start, 0) : starts[starts.count / 2]
    collectionPerTest = Self.ratio(
      all.map(\.collection), all.map { Double($0.collected) }, otherwise: Self.usualCollection)
    // In runs with few tests it is mostly the end of the run that is measured.
    let busiest = zip(runs, workers).max { Self.tests($0.1) < Self.tests($1.1) }
    recordingPerTest = min(
      busiest.map { Self.ratio([$0.0.recording], [Self.tests($0.1)], otherwise: Self.usualRecording) }
        ?? Self.usualRecording, 10 * Self.usualRecording)
    let seconds = all.map(\.testSeconds).reduce(0, +)
    let queued = all.map(\.queued).reduce(0, +)
    undisturbed = seconds > 0 ? max(0.01, 1 - queued / seconds) : 1
    busy = Self.ratio(all.map(\.processor), [seconds * undisturbed], otherwise: 1)
    testsMayCrash = runs.first?.hasCrashed ?? false
  }

  private static func tests(_ processes: [Measurement]) -> Double { processes.map { Double($0.tests) }.reduce(0, +) }

  private static func ratio(_ some: [Double], _ others: [Double], otherwise: Double) -> Double {
    let whole = others.reduce(0, +)
    return whole > 0 ? some.reduce(0, +) / whole : otherwise
  }
}
