import Glibc
import Variables

/// In CI: is the data that was restored much older than the commit?
struct StaleCacheCheck: Check {
  let name = "stale-cache"
  let group = CheckGroup.ci

  /// In seconds. Data is always older than the commit that is tested next, and nobody needs CI at the weekend; but what CI
  /// restores for longer than a week, without having saved it anew, it never saves anew.
  private static let week = 7 * 86400

  func run(in context: CheckContext) -> [Finding] {
    guard Self.isCI(context.environment) else { return [] }
    let data = context.data
    var status = stat()
    guard stat(data.file, &status) == 0, let git = Git(in: context.project.rootdir, context.environment),
      let times = git.ask(["log", "--no-show-signature", "-2", "--first-parent", "--format=%ct"])?.split(
        separator: "\n"
      ).compactMap({
        Int($0)
      }),
      let commit = times.first
    else { return [.good("nothing that CI restored is known to be old")] }
    let (age, isNonsense) = commit.subtractingReportingOverflow(status.st_mtim.tv_sec)
    // The commit before it may be as old as the data: then nothing has happened in between. A shallow clone doesn't tell.
    guard !isNonsense, age >= Self.week, times.count == 2, times[1] > status.st_mtim.tv_sec else {
      return [.good("what CI restored isn't old")]
    }
    return [
      .warning(
        "\(data.path) is \(age / 86400) days older than the commit that is checked out: CI restores it, but never saves it "
          + "anew, so that more and more tests run",
        next:
          "save it after each run, by a key with the commit in it (testmon-COMMIT), and restore the newest by the key's "
          + "beginning (testmon-)")
    ]
  }

  /// GitHub, GitLab, CircleCI, Travis and most others set it.
  private static func isCI(_ environment: [String: String]) -> Bool {
    guard let value = environment["CI"]?.lowercased() else { return false }
    return !["", "0", "false", "no"].contains(value)
  }
}
