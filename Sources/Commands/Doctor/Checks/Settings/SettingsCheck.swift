import Settings

/// Are all settings understood, and does each count that somebody wrote?
struct SettingsCheck: Check {
  let name = "settings"
  let group = CheckGroup.settings

  func run(in context: CheckContext) -> [Finding] {
    switch context.settings {
    case .failure(let error):
      return [
        .failure(
          "a setting isn't understood: \(error.description)", next: "correct it there: every command refuses to start")
      ]
    case .success(let settings):
      let shadowed = settings.shadowedFiles.map {
        Finding.warning(
          "\($0) is not read, because another file of the project comes first",
          next: "keep one of them: rm or merge \($0)")
      }
      return shadowed + [.good("all settings are understood")]
    }
  }
}
