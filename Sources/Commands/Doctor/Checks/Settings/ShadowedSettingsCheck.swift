import Settings

/// Does each settings file of the project count?
struct ShadowedSettingsCheck: Check {
  let name = "shadowed-settings"
  let group = CheckGroup.settings

  func run(in context: CheckContext) -> [Finding] {
    guard let settings = try? context.settings.get() else { return [] }
    if settings.shadowedFiles.isEmpty { return [.good("no settings file is passed over")] }
    return settings.shadowedFiles.map {
      .warning(
        "the settings in \($0) don't count: another file of the project comes first "
          + "(testmon-xdist.toml, then .testmon-xdist.toml, then pyproject.toml)",
        next: "keep the settings of the project in one of these files, and take them out of \($0)")
    }
  }
}
