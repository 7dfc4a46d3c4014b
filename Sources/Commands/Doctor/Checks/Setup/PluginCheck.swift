/// Is the pytest plugin installed, where it is needed?
struct PluginCheck: Check {
  let name = "plugin"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    guard let python = try? context.python.get(), !PythonVersionCheck.isTooOld(python) else { return [] }
    if let installed = python.plugin {
      return [.good("the plugin \(installed) is installed", summary: "plugin \(installed)")]
    }
    if context.rehearsal?.plugins?.plugin.loaded == true { return [.good("the plugin is loaded")] }
    guard context.isEnabled else {
      return [.good("the plugin isn't installed: a command that is wrapped needs none")]
    }
    return [
      .failure(
        "coordination is on, but \(python.executable) has no pytest plugin of testmon-xdist, so that pytest alone goes without. "
          + "A command that is wrapped needs none: testmon-xdist controller -- pytest --testmon -n 4",
        next: python.installPlugin)
    ]
  }
}
