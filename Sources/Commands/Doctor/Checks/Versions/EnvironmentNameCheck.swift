/// Does the environment have the same name in every run?
struct EnvironmentNameCheck: Check {
  let name = "environment-name"
  let group = CheckGroup.versions

  func run(in context: CheckContext) -> [Finding] {
    guard let names = context.rehearsal?.environmentNames, let first = names.first, let last = names.last else {
      return []
    }
    let file = context.configurationFile
    let next = "correct environment_expression in \(file)"
    if first != last {
      return [
        .failure(
          "environment_expression gives another name each time (\(first), then \(last)): every run would begin an environment "
            + "of its own, and run all tests",
          next: next)
      ]
    }
    let word = first.prefix { $0.isLetter }
    if word.hasSuffix("Error"), first.dropFirst(word.count).hasPrefix("(") {
      return [.warning("environment_expression fails, and testmon takes the error for the name: \(first)", next: next)]
    }
    return [.good("the environment is always \(first.isEmpty ? "default" : first)")]
  }
}
