/// Does pytest-cov measure what testmon can go along with?
struct BranchCoverageCheck: Check {
  let name = "branch-coverage"
  let group = CheckGroup.versions

  func run(in context: CheckContext) -> [Finding] {
    guard let measuresBranches = context.rehearsal?.measuresBranches else { return [] }
    if !measuresBranches { return [.good("pytest-cov doesn't measure branches")] }
    let option = "--cov-branch"
    let isOption =
      context.rehearsal?.addopts?.contains(option) == true
      || context.environment["PYTEST_ADDOPTS"]?.contains(option) == true
    let (place, remedy) =
      isOption
      ? context.origin(of: option)
      : ("`branch` in coverage's configuration", "take `branch` out of coverage's configuration")
    return [
      .failure(
        "pytest-cov measures branches (\(place)): testmon refuses to run beside that; where they are needed, measure them "
          + "in a run of its own, without testmon",
        next: remedy)
    ]
  }
}
