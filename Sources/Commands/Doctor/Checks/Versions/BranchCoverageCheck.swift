/// Does pytest-cov measure what testmon can go along with?
struct BranchCoverageCheck: Check {
  let name = "branch-coverage"
  let group = CheckGroup.versions

  func run(in context: CheckContext) -> [Finding] {
    guard let measuresBranches = context.rehearsal?.measuresBranches else { return [] }
    if !measuresBranches { return [.good("pytest-cov doesn't measure branches")] }
    return [
      .failure(
        "pytest-cov measures branches (--cov-branch, or `branch = true` in coverage's configuration): "
          + "testmon refuses to run beside that",
        next: "measure coverage in a run of its own, without testmon, or take the branches out")
    ]
  }
}
