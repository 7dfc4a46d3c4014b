import Testing

@testable import Planning

/// What people are told of why tests run.
@Suite struct CauseTests {
  private func caused(_ kind: Cause.Kind, _ file: String? = nil, _ name: String? = nil, count: Int) -> CausedTests {
    CausedTests(Cause(kind, file: file, name: name), count: count)
  }

  @Test func thoseOfOneFileComeTogether() {
    let causes = [
      caused(.changed, "lib.py", "mul", count: 3), caused(.failed, count: 2),
      caused(.changed, "lib.py", "add", count: 9),
      caused(.added, "lib.py", "sub", count: 1),
    ]
    #expect(Cause.summary(causes) == "add, mul in lib.py changed; sub added to lib.py; 2 failed last time")
    #expect(
      Selection(allTests: 4003, tests: 12, causes: causes).message(everything: Cause(.noData), before: nil)
        == "12 of 4003 tests: add, mul in lib.py changed; sub added to lib.py; 2 failed last time")
  }

  @Test func manyAreCounted() {
    let names = (1...6).map { caused(.changed, "lib.py", "f\($0)", count: 10 - $0) }
    #expect(Cause.summary(names) == "f1, f2, f3 and 3 more in lib.py changed")
    let files = (1...5).map { caused(.changed, "f\($0).py", nil, count: 10 - $0) }
    #expect(Cause.summary(files) == "f1.py changed; f2.py changed; 3 more changes")
    #expect(Cause.summary([]) == "")
  }

  @Test func whatIsOnlyOfTheTestsNeedsNoNumber() {
    #expect(Cause.summary([caused(.failed, count: 2)]) == "failed last time")
    let two = [caused(.failed, count: 2), caused(.unfinished, count: 1)]
    #expect(Cause.summary(two) == "2 failed last time; 1 no result yet")
    #expect(Cause.summary([caused(.changed, "a.py", Cause.wholeFile, count: 2)]) == "module level of a.py changed")
  }

  @Test func whereNoTestIsKnown() {
    let selection = Selection(allTests: 0, tests: 0, causes: [])
    let packages = Cause(.packages, name: "requests 2.31 → 2.32")
    #expect(selection.message(everything: packages, before: 4003) == "all 4003 tests: requests 2.31 → 2.32")
    #expect(selection.message(everything: Cause(.noData), before: nil) == "all tests: no data yet")
  }

  // MARK: savings

  private func ran(_ ran: RanTests.Amount, _ notNeeded: RanTests.Amount, asked: Int) -> RanTests {
    RanTests(allTests: 0, ran: ran, notNeeded: notNeeded, askedWorkers: asked, causes: [])
  }

  private let machine = Machine(cores: 4, freeMemory: nil)

  @Test func savingsAreByTheClock() {
    let none = RanTests.Amount(tests: 0, seconds: 0, longest: 0)
    let many = RanTests.Amount(tests: 100, seconds: 100, longest: 1)
    let alone = ran(none, many, asked: 0).savedSeconds(workers: 0, [], on: machine)
    let four = ran(none, many, asked: 4).savedSeconds(workers: 0, [], on: machine)
    #expect((100...101).contains(alone) && (25...27).contains(four), "\(alone) \(four)")
    // The longest test bounds what workers can do.
    let long = ran(none, .init(tests: 2, seconds: 100, longest: 90), asked: 4).savedSeconds(workers: 0, [], on: machine)
    #expect((90...91).contains(long), "\(long)")
    #expect(ran(many, none, asked: 4).savedSeconds(workers: 4, [], on: machine) == 0)
  }

  @Test(arguments: [-1, .nan, .infinity, 1e300])
  func whatCannotBeSavesNothing(seconds: Double) {
    let odd = RanTests.Amount(tests: 1, seconds: seconds, longest: 1)
    let good = RanTests.Amount(tests: 1, seconds: 1, longest: 1)
    #expect(ran(good, odd, asked: 2).savedSeconds(workers: 2, [], on: machine) == 0)
    #expect(ran(odd, good, asked: .max).savedSeconds(workers: .min, [], on: machine) == 0)
    #expect(ran(good, good, asked: .max).savedSeconds(workers: .min, [], on: machine).isFinite)
  }
}
