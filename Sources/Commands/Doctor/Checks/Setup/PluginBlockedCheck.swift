/// Does nobody switch the pytest plugin off?
struct PluginBlockedCheck: Check {
  let name = "plugin-blocked"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    BlockedPlugin.findings(
      "testmon_xdist_plugin", context.rehearsal?.plugins?.plugin, context,
      means: "pytest runs as if testmon-xdist weren't there")
  }
}
