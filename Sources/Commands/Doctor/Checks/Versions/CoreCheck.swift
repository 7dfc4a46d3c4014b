import Coordination

/// By which of coverage's cores does testmon record, and can it tell tests apart?
struct CoreCheck: Check {
  let name = "core"
  let group = CheckGroup.versions

  func run(in context: CheckContext) -> [Finding] {
    guard let facts = try? context.facts.get() else { return [] }
    guard let core = facts.core else {
      let value = context.environment["COVERAGE_CORE"] ?? ""
      return [
        .failure(
          "coverage refuses to measure: it knows no core that is named as in COVERAGE_CORE (\(value))",
          next: "unset COVERAGE_CORE")
      ]
    }
    if facts.mixesTestsUpAlone {
      return [
        .warning(
          "without testmon-xdist, testmon records by coverage's core sysmon, which can't tell tests apart: affected tests "
            + "don't run; coordinated runs record by \(core), and run again what others have recorded",
          next: "export COVERAGE_CORE=\(core)")
      ]
    }
    return [.good("testmon records by coverage's core \(core)", summary: "core \(core)")]
  }
}
