/// Does nobody switch xdist off?
struct XdistBlockedCheck: Check {
  let name = "xdist-blocked"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    BlockedPlugin.findings(
      "xdist", context.rehearsal?.plugins?.xdist, context, means: "there are no workers, and pytest refuses -n")
  }
}
