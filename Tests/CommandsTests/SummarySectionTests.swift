import Planning
import Testing

@testable import Commands

@Suite struct SummarySectionTests {
  private func run(_ ran: Int, _ causes: [CausedTests] = [], saved: Double = 0) -> SummarySection.Run {
    SummarySection.Run(
      RanTests(
        allTests: 40, ran: .init(tests: ran, seconds: 1, longest: 1),
        notNeeded: .init(tests: 0, seconds: 0, longest: 0),
        askedWorkers: 0, causes: causes), savedSeconds: saved)
  }

  private func added(_ runs: [SummarySection.Run], to text: [UInt8] = []) -> [UInt8] {
    runs.reduce(text) { SummarySection.adding($1, to: $0) }
  }

  @Test func oneSectionForAllRuns() {
    let cause = CausedTests(Cause(.changed, file: "lib.py", name: "add"), count: 12)
    let text = String(decoding: added([run(12, [cause], saved: 95.4), run(0, saved: 100)]), as: UTF8.self)
    #expect(
      text == """
        <!-- testmon-xdist: runs 2 12 195 -->
        ### testmon-xdist: 12 tests in 2 runs; about 3m 15s not needed

        | tests run | why | not needed |
        | --- | --- | --- |
        | 12 of 40 | add in lib.py changed | 1m 35s |
        | 0 of 40 | nothing changed | 1m 40s |
        <!-- testmon-xdist: end -->

        """)
  }

  @Test func theRestStaysAsItIs() {
    let before: [UInt8] = [0xFF, 10, 65]
    let after: [UInt8] = Array("after \u{FEFF}".utf8) + [0xC3]
    let once = added([run(1)], to: before)
    let again = added([run(2)], to: once + after)
    #expect(again.starts(with: before + [10, 10]) && again.suffix(after.count) == after[...])
    let text = String(decoding: again, as: UTF8.self)
    #expect(text.contains("3 tests in 2 runs") && text.split(separator: "### testmon-xdist").count == 2)
  }

  @Test func theLatestAreShown() {
    let text = String(decoding: added((1...30).map { run($0) }), as: UTF8.self)
    #expect(text.contains("465 tests in 30 runs") && text.contains("\nThe last 20 runs.\n"))
    #expect(!text.contains("| 10 of 40 |") && text.contains("| 11 of 40 |") && text.contains("| 30 of 40 |"))
  }

  @Test func namesAreOnlyText() {
    let cause = CausedTests(Cause(.changed, file: "<b>|`x`\n-->", name: "[a](b)"), count: 1)
    let text = String(decoding: added([run(1, [cause])]), as: UTF8.self)
    #expect(text.split(separator: "\n").count == 6 && !text.contains("<b>") && !text.contains("`"))
  }

  /// Anybody may have written there.
  @Test(arguments: [
    "<!-- testmon-xdist: runs ", "<!-- testmon-xdist: runs x y z -->\n<!-- testmon-xdist: end -->\n",
    "<!-- testmon-xdist: runs 99999999999999999999 1 1 -->\n<!-- testmon-xdist: end -->\n",
    "<!-- testmon-xdist: end -->\n<!-- testmon-xdist: runs 1 1 1 -->\n",
  ])
  func damagedMarkers(text: String) {
    let result = String(decoding: added([run(1), run(1)], to: Array(text.utf8)), as: UTF8.self)
    #expect(result.contains("2 runs"), "\(result)")
  }
}
