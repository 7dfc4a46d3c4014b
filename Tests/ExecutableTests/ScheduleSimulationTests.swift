import FoundationEssentials
import Testing

/// How tests are handed out, with xdist's real classes, simulated workers that do what xdist's do, and simulated time.
@Suite struct ScheduleSimulationTests {
  private struct Result: Decodable {
    let workers: Int
    let schedule: String
    let tests: Int
    /// The time that it took, over what is possible at best.
    let ratio: Double
    let setUps: Int
    let eachOnce: Bool
    let crashed: Int

    enum CodingKeys: String, CodingKey {
      case workers, schedule, tests, ratio, crashed
      case setUps = "set_ups"
      case eachOnce = "each_once"
    }
  }

  private struct Disasters: Decodable {
    let way: String
    /// How many workers died.
    let died: Int
    /// What went wrong, and in which runs.
    let wrong: [String: [Int]]
  }

  private func simulate<One: Decodable>(
    tool: String = "simulate_schedule", _ arguments: String...
  ) throws -> [One] {
    let project = try Project()
    let sources = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    project.pythonPath = ["\(sources)/Sources/PytestPlugin"]
    let outcome = try project.run(["python", "-B", "\(sources)/Tests/tools/\(tool).py"] + arguments)
    try #require(outcome.status == 0, "\(outcome)")
    return try outcome.output.split(separator: "\n").map {
      try JSONDecoder().decode(One.self, from: Data($0.utf8))
    }
  }

  @Test(arguments: ["1", "2", "3"]) func everyTestRunsOnceAndSooner(seed: String) throws {
    let results: [Result] = try simulate("--seed", seed)
    #expect(results.count == 24 && results.allSatisfy { $0.tests > 1000 })
    for one in results { #expect(one.eachOnce, "\(one)") }
    for ours in results where ours.schedule.hasPrefix("duration") {
      let load = try #require(results.first { $0.workers == ours.workers && $0.schedule == "load" })
      // Where all tests are said to be alike, nothing can be better than chance.
      let chance = ours.schedule.hasSuffix("alike") ? 1.15 : 1
      #expect(ours.ratio <= load.ratio * chance && ours.setUps <= load.setUps, "\(ours), \(load)")
      if ours.schedule.hasSuffix(" 0%") || ours.schedule.hasSuffix(" 30%") { #expect(ours.ratio <= 1.05, "\(ours)") }
      #expect(ours.crashed == (ours.schedule.hasSuffix("crashes") ? 5 : 0), "\(ours)")
    }
  }

  @Test func withFewTestsToo() throws {
    for modules in ["1", "2", "5"] {
      let results: [Result] = try simulate("--modules", modules, "--workers", "1", "2", "7", "40", "--crashes", "1")
      for ours in results where ours.schedule.hasPrefix("duration") {
        let load = try #require(results.first { $0.workers == ours.workers && $0.schedule == "load" })
        let isDisturbed = ours.schedule.hasSuffix("crashes") || ours.schedule.hasSuffix("alike")
        // With few tests, one that takes twice as long as was thought is a good part of the run.
        let chance = ours.schedule.hasSuffix(" 100%") ? 1.1 : 1.05
        #expect(ours.eachOnce && (isDisturbed || ours.ratio <= load.ratio * chance), "\(modules): \(ours), \(load)")
      }
    }
  }

  /// Workers die while they collect, and while they run; those that take their places may have collected other tests.
  @Test func whateverWorkersDieOfEachTestRunsOnce() throws {
    let results: [Disasters] = try simulate(tool: "simulate_crashes", "--runs", "500")
    #expect(Set(results.map(\.way)) == ["load", "loadscope", "loadfile", "loadgroup"])
    for one in results { #expect(one.died > 1000 && one.wrong == [:], "\(one)") }
  }
}
