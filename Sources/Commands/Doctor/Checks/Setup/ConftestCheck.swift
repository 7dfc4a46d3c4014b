/// Can the project's conftest.py be imported?
struct ConftestCheck: Check {
  let name = "conftest"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    guard let interview = try? context.interview.get() else { return [] }
    guard let refusal = Refusal(interview.errors), let path = refusal.conftest else {
      return interview.rehearsal?.rootdir == nil ? [] : [.good("pytest imports every conftest.py that it starts with")]
    }
    return [
      .failure(
        "pytest refuses to start: \(context.shortened(path)) can't be imported: \(refusal.message)",
        next: "correct \(context.shortened(path)), or install what it needs")
    ]
  }
}
