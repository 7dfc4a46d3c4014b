import Settings
import Text

/// Is coordination on?
struct EnabledCheck: Check {
  let name = "enabled"
  let group = CheckGroup.settings

  func run(in context: CheckContext) -> [Finding] {
    guard let enabled = try? context.settings.get().enabled else { return [] }
    if enabled.value { return [.good("coordination is on (\(enabled.origin))", summary: "coordination on")] }
    let variable = Settings.enabled.variable
    let wrap = "testmon-xdist controller -- pytest --testmon -n 4"
    if enabled.origin == .builtIn, (try? context.python.get().plugin) == .some(nil) {
      return [
        .warning(
          "only a command that is wrapped is coordinated: \(variable) isn't set, nor is the plugin installed",
          next: wrap)
      ]
    }
    let other = lookalike(of: variable, in: context.environment).map { "; \($0), which is set, is no variable of ours" }
    return [
      .failure(
        "coordination is off (\(enabled.origin)): pytest --testmon -n N runs as if testmon-xdist weren't there\(other ?? ""). "
          + "A shell variable that isn't exported is seen neither by pytest nor by doctor. Or wrap the command: \(wrap)",
        next: "export \(variable)=true")
    ]
  }

  private func lookalike(of variable: String, in environment: [String: String]) -> String? {
    environment.keys.sorted().first {
      $0 != variable && $0.uppercased().hasPrefix("TESTMON") && Spelling.editDistance($0.uppercased(), variable) <= 6
    }
  }
}
