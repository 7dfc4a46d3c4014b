import Testing

@testable import Planning

/// How many workers are worth their start.
@Suite struct PlanTests {
  private let machine = Machine(cores: 2, freeMemory: 1 << 33)

  /// 100 known tests, of which `tests` run for `seconds` together.
  private func work(
    _ tests: Int, _ seconds: Double, longest: Double = 0, collected: Int? = nil, most: Int = 2, isFixed: Bool = false,
    crashed: Int = 0, unknown: (tests: Int, seconds: Double) = (0, 0), obstacle: String? = nil
  ) -> Work {
    Work(
      mostWorkers: most, isMostFixed: isFixed, start: 0.5, residentBytes: 1 << 26, allTests: 100, obstacle: obstacle,
      tests: tests, seconds: seconds, longest: longest, collected: collected ?? tests, crashedTests: crashed,
      unknownTests: unknown.tests, unknownSeconds: unknown.seconds)
  }

  /// A run with two workers, whose tests took 100 s each.
  private func run(processor: Double, queued: Double = 0, hasCrashed: Bool = false) -> MeasuredRun {
    let processes = ["gw0", "gw1"].map {
      Measurement(
        process: $0, start: 0.4, collection: 1, collected: 1000, tests: 500, testSeconds: 100, processor: processor,
        queued: queued)
    }
    return MeasuredRun(processes: processes, recording: 2, hasCrashed: hasCrashed)
  }

  @Test func withNothingToRunThereAreNoWorkers() {
    let plan = Plan(work(0, 0), [run(processor: 100)], on: machine)
    #expect(plan.workers == 0)
    #expect(plan.message == "0 of 100 tests to run: in this process")
  }

  @Test func aWorkerMustBeWorthItsStart() {
    #expect(Plan(work(12, 0.8), [], on: machine).workers == 0)
    #expect(Plan(work(12, 0.8), [], on: machine).message == "12 of 100 tests to run, about 0.8 s: in this process")
    #expect(Plan(work(12, 8), [], on: machine).workers == 2)
    #expect(Plan(work(12, 8), [], on: machine).message == "12 of 100 tests to run, about 4.5 s: 2 workers")
    // One long test is as long on any number of workers.
    #expect(Plan(work(12, 8, longest: 7.9), [], on: machine).workers == 0)
    #expect(Plan(work(0, 0, unknown: (10, 8)), [], on: machine).workers == 2)
    #expect(
      Plan(work(0, 0, unknown: (10, 8)), [], on: machine).message
        == "0 of 100 tests to run, and about 10 new, about 4.5 s: 2 workers")
  }

  @Test func testsThatComputeGetNoMoreWorkersThanProcessors() {
    #expect(Plan(work(100, 100, most: 8), [run(processor: 100)], on: machine).workers == 2)
    // Half of the recorded time they waited for a processor: they would take 50 s undisturbed.
    let disturbed = Plan(work(100, 100, most: 8), [run(processor: 50, queued: 50)], on: machine)
    #expect(disturbed.workers == 2)
    #expect(disturbed.predictions[0].seconds < 51 && disturbed.predictions[2].seconds < 26)
  }

  @Test func testsThatWaitGetMore() {
    let plan = Plan(work(100, 100), [run(processor: 5)], on: machine)
    #expect(plan.workers == 8)
    #expect(plan.predictions.count == 9)
    #expect(Plan(work(100, 100, isFixed: true), [run(processor: 5)], on: machine).workers == 2)
    #expect(Plan(work(100, 100, most: 5, isFixed: true), [run(processor: 5)], on: machine).workers == 5)
    #expect(Plan(work(100, 100), [run(processor: 5)], on: Machine(cores: 2, freeMemory: 1 << 29)).workers == 4)
    #expect(Plan(work(100, 100), [run(processor: 5)], on: Machine(cores: 2, freeMemory: 0)).workers == 2)
    // Where tests wait for half of their time, a processor has work for two workers.
    #expect(Plan(work(100, 100), [run(processor: 50)], on: machine).workers == 4)
  }

  @Test func aQuotaCounts() {
    #expect(Plan(work(12, 8, most: 4), [], on: Machine(cores: 1, freeMemory: nil)).workers == 0)
    #expect(Plan(work(12, 8, most: 4), [], on: Machine(cores: 1.5, freeMemory: nil)).workers == 2)
  }

  @Test func testsThatStartProcessesCountWithThese() {
    // Each keeps two processors busy: a second worker would win nothing.
    #expect(Plan(work(100, 100), [run(processor: 200)], on: machine).workers == 0)
  }

  @Test func whatMayEndItsProcessDoesNotRunInThisOne() {
    let plan = Plan(
      work(1, 0.1, longest: 0.1), [run(processor: 100, hasCrashed: true), run(processor: 100)], on: machine)
    #expect(plan.workers == 1)
    #expect(plan.message.hasSuffix(": 1 worker (a test ended its process when it ran last)"))
    #expect(
      Plan(work(1, 0.1, longest: 0.1), [run(processor: 100), run(processor: 100, hasCrashed: true)], on: machine)
        .workers == 0)
    // However long ago that was.
    #expect(Plan(work(1, 0.1, longest: 0.1, crashed: 1), [run(processor: 100)], on: machine).workers == 1)
  }

  @Test func collectingCountsForEveryWorker() {
    // 1 ms a test, learned: 5,000 tests are collected to run 10.
    let plan = Plan(work(10, 4, collected: 5000), [run(processor: 100)], on: machine)
    #expect(plan.predictions.map { ($0.seconds * 10).rounded() }.prefix(3) == [90, 94, 74])
    #expect(Plan(work(10, 2, collected: 5000), [run(processor: 100)], on: machine).workers == 2)
    #expect(Plan(work(10, 0.5, collected: 5000), [run(processor: 100)], on: machine).workers == 0)
  }

  @Test func whereNothingIsKnownXdistDecides() {
    let plan = Plan(work(0, 0, obstacle: "-k is given"), [], on: machine)
    #expect(plan.workers == nil && plan.predictions == [])
    #expect(plan.message == "as many workers as xdist would start, because -k is given")
    #expect(Plan(work(0, 0, most: 0), [], on: machine).workers == nil)
  }

  @Test(arguments: [Double.infinity, .nan, -1, 0, 1e308, .greatestFiniteMagnitude])
  func noNumberIsTooStrange(number: Double) {
    var strange = work(3, number, longest: number, unknown: (.max, number))
    (strange.tests, strange.collected, strange.start) = (.max, .max, number)
    let measured = Measurement(
      process: "gw0", start: number, collection: number, collected: .max, tests: .max, testSeconds: number,
      processor: number, queued: number)
    for most in [Int.min, 0, 1, .max] {
      strange.mostWorkers = most
      for bytes in [Int.min, 0, .max] {
        strange.residentBytes = bytes
        let run = MeasuredRun(processes: [measured], recording: number, hasCrashed: false)
        let plan = Plan(strange, [run], on: Machine(cores: number, freeMemory: bytes))
        #expect(plan.predictions.count <= 40_000 && plan.message != "")
      }
    }
  }

  @Test func secondsAreShort() {
    #expect(
      [0, 0.04, 0.06, 0.8, 9.94, 9.97, 12.4, 210.6].map(Plan.text) == [
        "0 s", "0 s", "0.1 s", "0.8 s", "9.9 s", "10 s", "12 s", "211 s",
      ])
  }
}
