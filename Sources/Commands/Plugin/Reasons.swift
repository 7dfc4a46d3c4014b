import CommandLine
import Coordination
import Planning
import Testmon

/// Why the tests of a run run: what the plugin has found out, and what only the preparation of the data knows.
struct Reasons {
  /// Why no test is known, where that is so.
  private let everything: Cause
  /// How many tests were known until then.
  private let testsBefore: Int?
  private var selection: Selection?

  init(_ preparation: Preparation, _ environment: PreparedEnvironment, _ facts: Facts) {
    testsBefore = preparation.replaced.flatMap { $0.tests > 0 ? $0.tests : nil }
    if let other = preparation.keptAside {
      let makers = DataVersion.releases(of: other.dataVersion).map { ", made by testmon \($0)" } ?? ""
      everything = Cause(.dataVersion, name: "\(other.dataVersion)\(makers)")
    } else if preparation.created {
      everything = Cause(.noData)
    } else if let replaced = preparation.replaced {
      everything = Cause(
        .packages, name: EnvironmentDifference(from: replaced.environment, to: facts.environment).text())
    } else {
      everything = Cause(.environment, name: environment.name)
    }
  }

  /// Takes in what testmon has selected.
  /// - Returns: what the header says of it.
  mutating func explain(_ selection: Selection) -> String {
    self.selection = selection
    return selection.message(everything: everything, before: testsBefore)
  }

  /// What the header says of a plan, with the reason.
  func message(of plan: Plan) -> String {
    guard let selection else { return plan.message }
    if selection.allTests == 0 {
      // That no test is known is what the plan says, too; what packages have changed is more.
      guard everything.kind == .packages || everything.kind == .dataVersion else { return plan.message }
      return Printable.escape(
        selection.message(everything: everything, before: testsBefore) + "; as many workers as xdist would start")
    }
    return Printable.escape("\(plan.message); \(selection.reason(everything))")
  }

  /// The causes, with what the plugin can't know.
  func fillIn(_ causes: [CausedTests]) -> [CausedTests] {
    causes.map { one in
      one.cause.kind == .everything ? CausedTests(everything, count: one.count, tests: one.tests) : one
    }
  }
}
