import Settings

/// Is coordination on?
struct EnabledCheck: Check {
  let name = "enabled"
  let group = CheckGroup.settings

  func run(in context: CheckContext) -> [Finding] {
    guard let enabled = try? context.settings.get().enabled else { return [] }
    if enabled.value { return [.good("coordination is on (\(enabled.origin))", summary: "coordination on")] }
    return [
      .failure(
        "coordination is off (\(enabled.origin)): pytest --testmon -n N runs as if testmon-xdist weren't there",
        next:
          "export \(Settings.enabled.variable)=true, or wrap one command: testmon-xdist controller -- pytest --testmon -n 4"
      )
    ]
  }
}
