/// Are the plugin and this executable of one release?
struct PluginVersionCheck: Check {
  let name = "plugin-version"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    guard let python = try? context.python.get(), let installed = python.plugin else { return [] }
    if installed == version { return [.good("plugin and executable are of one release")] }
    return [
      .warning(
        "the plugin in \(python.executable) is of testmon-xdist \(installed), this executable of \(version)",
        next: python.installPlugin)
    ]
  }
}
