import Settings
import Text
import Variables

/// Are all settings understood?
struct SettingsCheck: Check {
  let name = "settings"
  let group = CheckGroup.settings

  func run(in context: CheckContext) -> [Finding] {
    guard case .failure(let error) = context.settings else { return [.good("all settings are understood")] }
    return error.problems.map { problem in
      .failure("\(problem): every command refuses to start", next: remedy(for: problem, context))
    }
  }

  private func remedy(for problem: SettingsError.Problem, _ context: CheckContext) -> String {
    let name = problem.place
    guard let value = context.environment[name] else { return "correct it in \(name)" }
    let known = Settings.documentation.map(\.variable)
    let meant = known.contains(name) ? name : closest(to: name, among: known)
    guard let meant else { return "unset \(name)" }
    for candidate in [value, trimmed(value), trimmed(value).lowercased()] {
      var environment = context.environment
      environment[name] = nil
      environment[meant] = candidate
      guard isRight(meant, environment, context) else { continue }
      return (meant == name ? "" : "unset \(name); ") + "export \(meant)=\(ShellWord.quote(candidate))"
    }
    return "unset \(name)"
  }

  private func closest(to name: String, among known: [String]) -> String? {
    let rest = { (name: String) in String(name.dropFirst(EnvironmentVariable.prefix.count)) }
    return Spelling.closest(to: rest(name), among: known.map(rest)).map { EnvironmentVariable.prefix + $0 }
  }

  private func isRight(_ name: String, _ environment: [String: String], _ context: CheckContext) -> Bool {
    do throws(SettingsError) {
      _ = try Settings.load(rootdir: context.project.rootdir, environment: environment)
      return true
    } catch {
      return !error.problems.contains { $0.place == name }
    }
  }

  private func trimmed(_ text: String) -> String {
    let start = text.drop(while: \.isWhitespace)
    return String(start.reversed().drop(while: \.isWhitespace).reversed())
  }
}
