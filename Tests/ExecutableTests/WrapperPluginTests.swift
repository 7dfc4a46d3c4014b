import FoundationEssentials
import Glibc
import Testing

/// The plugin that a wrapped command brings: what pytest says of it, and what becomes of those of other releases.
@Suite struct WrapperPluginTests {
  private let project: Project
  private let cache: String

  init() throws {
    project = try Project()
    cache = "\(project.home)/.cache/testmon-xdist"
    try project.addFourTests()
  }

  /// testmon passes over the version 0.0.0 of the distribution, which would mean nothing to people.
  @Test(arguments: ["2.0.0", "2.2.0"])
  func theHeaderNamesTheRelease(testmon: String) throws {
    let project = try Project(testmon)
    try project.addFourTests()
    for arguments in [["--testmon"], []] {
      let outcome = try project.startPytest(.wrapper, arguments).finish()
      let plugins = try #require(outcome.output.split(separator: "\n").first { $0.hasPrefix("plugins: ") })
      #expect(plugins.contains("testmon-xdist-wrapper-0.1.0") && !plugins.contains("0.0.0"), "\(outcome)")
      #expect(outcome.status == 0 && outcome.passed == 4 && outcome.alarms == [], "\(outcome)")
    }
  }

  @Test func whatOthersHaveLeftIsRemoved() throws {
    let names = ["plugin-0123456789abcdef", "plugin-1", "plugin-2", "plugin-xyz", "plugin-", "other"]
    for name in names {
      try project.write("", to: "\(cache)/\(name)/testmon_xdist/plugin.py")
      try age("\(cache)/\(name)", days: name == "plugin-1" ? 20 : 40)
    }
    let elsewhere = "\(project.home)/elsewhere"
    try project.write("", to: "\(elsewhere)/file")
    symlink(elsewhere, "\(cache)/plugin-3")
    // A run that still goes on has a lock on it.
    let user = try project.start([
      "flock", "--no-fork", "--shared", "\(cache)/plugin-2", "sh", "-c", "echo held; exec sleep 600",
    ])
    try user.waitForOutput("held")
    #expect(try project.testmonXdist("controller", "--", "true").status == 0)
    let left = Set(try project.names(cache))
    #expect(left.isSuperset(of: ["plugin-1", "plugin-2", "plugin-3", "plugin-xyz", "plugin-", "other"]), "\(left)")
    #expect(!left.contains("plugin-0123456789abcdef") && left.count == 7, "\(left)")
    #expect(project.exists("\(elsewhere)/file"))
    user.send(SIGKILL)
    try user.finish()
  }

  /// As long as a command runs, its plugin is in use, however old it is.
  @Test func aPluginInUseStays() throws {
    let command = try project.startTestmonXdist(["controller", "--", "sh", "-c", "echo up; exec sleep 600"])
    try command.waitForOutput("up")
    let own = try #require(try project.names(cache).first { $0.hasPrefix("plugin-") })
    let use = try project.run(["flock", "--nonblock", "\(cache)/\(own)", "true"])
    #expect(use.status == 1, "\(use)")
    command.send(SIGTERM)
    try command.finish()
    #expect(try project.run(["flock", "--nonblock", "\(cache)/\(own)", "true"]).status == 0)
    // A use of it is the time that counts.
    try age("\(cache)/\(own)", days: 40)
    #expect(try project.testmonXdist("controller", "--", "true").status == 0)
    var status = stat()
    #expect(stat("\(cache)/\(own)", &status) == 0 && time(nil) - status.st_mtim.tv_sec < 86400)
  }

  private func age(_ path: String, days: Int) throws {
    let then = timespec(tv_sec: time(nil) - days * 86400, tv_nsec: 0)
    try #require(utimensat(AT_FDCWD, path, [then, then], 0) == 0)
  }
}
