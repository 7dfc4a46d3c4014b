import Text

/// Does pytest load the plugins that are installed?
struct AutoloadCheck: Check {
  let name = "autoload"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    guard let rehearsal = context.rehearsal, let plugins = rehearsal.plugins else { return [] }
    if rehearsal.autoload != false { return [.good("pytest loads the plugins that are installed")] }
    let ours = context.isEnabled && (try? context.python.get().plugin) != nil
    let wanted = [
      ("testmon_xdist_plugin", plugins.plugin, ours), ("testmon.pytest_testmon", plugins.testmon, true),
      ("xdist.plugin", plugins.xdist, true),
    ]
    let missing = wanted.filter { !$1.loaded && $2 }.map { "-p \($0.0)" }.joined(separator: " ")
    if missing.isEmpty { return [.good("pytest loads no plugin by itself, but by -p those that a run needs")] }
    let options = [context.environment["PYTEST_ADDOPTS"] ?? "", missing].filter { !$0.isEmpty }.joined(separator: " ")
    let variable = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
    let isVariable = !(context.environment[variable] ?? "").isEmpty
    let (place, remedy) = isVariable ? (variable, "unset \(variable)") : context.origin(of: "--disable-plugin-autoload")
    return [
      .failure(
        "pytest loads none of the plugins that are installed (\(place)), and so not those that a run needs; where that is "
          + "to stay, name them: export PYTEST_ADDOPTS=\(ShellWord.quote(options))",
        next: remedy)
    ]
  }
}
