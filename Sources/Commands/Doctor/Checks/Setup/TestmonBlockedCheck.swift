/// Does nobody switch testmon off?
struct TestmonBlockedCheck: Check {
  let name = "testmon-blocked"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    BlockedPlugin.findings(
      "pytest-testmon", context.rehearsal?.plugins?.testmon, context,
      means: "there is no testmon, and pytest refuses --testmon")
  }
}
