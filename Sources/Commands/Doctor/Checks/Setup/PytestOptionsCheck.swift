/// Does pytest know every option that its configuration has?
struct PytestOptionsCheck: Check {
  let name = "pytest-options"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    guard let interview = try? context.interview.get(), let rehearsal = interview.rehearsal else { return [] }
    guard rehearsal.status == 4, let unknown = Refusal(interview.errors)?.unknownArguments else {
      return rehearsal.rootdir == nil ? [] : [.good("pytest knows the options that its configuration has")]
    }
    let words = unknown.split(separator: " ").map(String.init)
    guard let first = words.first(where: { !isOfMissingPlugin($0, rehearsal) }) else { return [] }
    let (place, remedy) = context.origin(of: first)
    return [.failure("pytest refuses to start: it doesn't know \(first) (\(place))", next: remedy)]
  }

  /// Whether it is an option of a plugin that isn't loaded, or its value: that is told already.
  private func isOfMissingPlugin(_ word: String, _ rehearsal: Rehearsal) -> Bool {
    guard let plugins = rehearsal.plugins else { return true }
    let testmons = ["--testmon", "--no-testmon", "--tmnet"]
    let xdists = [
      "-n", "--numprocesses", "--dist", "--tx", "--px", "--maxprocesses", "--max-worker-restart", "--maxschedchunk",
    ]
    let missing = (plugins.testmon.loaded ? [] : testmons) + (plugins.xdist.loaded ? [] : xdists)
    return !missing.isEmpty && (!word.hasPrefix("-") || missing.contains { word.hasPrefix($0) })
  }
}
