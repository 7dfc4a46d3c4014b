/// Does pytest know every option that its configuration has?
struct PytestOptionsCheck: Check {
  let name = "pytest-options"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    guard let interview = try? context.interview.get(), let rehearsal = interview.rehearsal else { return [] }
    guard rehearsal.status == 4, let unknown = Refusal(interview.errors)?.unknownArguments else {
      return rehearsal.rootdir == nil ? [] : [.good("pytest knows the options that its configuration has")]
    }
    // Options of a plugin that isn't loaded: told already.
    guard let plugins = rehearsal.plugins, plugins.testmon.loaded, plugins.xdist.loaded else { return [] }
    let first = unknown.split(separator: " ").first.map(String.init) ?? unknown
    let (place, remedy) = context.origin(of: first)
    return [.failure("pytest refuses to start: it doesn't know \(unknown) (\(place))", next: remedy)]
  }
}
