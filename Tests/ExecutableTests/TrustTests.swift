import FoundationEssentials
import Glibc
import Platform
import Testing

/// Whom it believes: this user and root, and nobody else, whatever lies in a folder that others can reach.
@Suite struct TrustTests {
  private let project: Project
  init() throws { project = try Project() }

  // MARK: what is started

  /// What is done to the project's own Python before it is looked for.
  enum Doing: CaseIterable {
    case nothing, binWritable, environmentWritable, rootdirWritable, rootdirSticky, targetWritable, foreign, foreignLink
    case privateGroup

    var isTrusted: Bool { [.nothing, .rootdirSticky, .privateGroup].contains(self) }
    /// Only root can give files away.
    var needsRoot: Bool { [.foreign, .foreignLink].contains(self) }
  }

  @Test(arguments: Doing.allCases.filter { !$0.needsRoot || geteuid() == 0 })
  func theProjectsPython(doing: Doing) throws {
    try project.writeScript("#!/bin/sh\n: >\"\(project.rootdir)/started\"\n", to: "\(project.home)/target")
    try project.write("", to: ".venv/bin/other")
    symlink("\(project.home)/target", project.path(".venv/bin/python"))
    switch doing {
    case .nothing: break
    case .binWritable: chmod(project.path(".venv/bin"), 0o777)
    case .environmentWritable: chmod(project.path(".venv"), 0o777)
    case .rootdirWritable: chmod(project.rootdir, 0o777)
    case .rootdirSticky: chmod(project.rootdir, 0o1777)
    case .targetWritable: chmod("\(project.home)/target", 0o777)
    case .foreign: try #require(chown("\(project.home)/target", 65534, 65534) == 0)
    case .foreignLink: try #require(lchown(project.path(".venv/bin/python"), 65534, 65534) == 0)
    // As `umask 002` leaves it where each user has a group of her own.
    case .privateGroup: chmod(project.rootdir, 0o775)
    }
    project.variables["PATH"] = "/usr/bin:/bin"
    for command in [["doctor"], ["controller", "--detach"]] {
      let outcome = try project.startTestmonXdist(command).finish()
      #expect(outcome.status != 0, "\(outcome)")
      #expect(project.exists("started") == doing.isTrusted, "\(command) \(outcome)")
      if !doing.isTrusted { #expect(outcome.text.contains(".venv/bin/python"), "\(outcome)") }
      unlink(project.path("started"))
    }
    // Who names it means it.
    let named = try project.testmonXdist("doctor", "--python", project.path(".venv/bin/python"))
    #expect(project.exists("started"), "\(named)")
    chmod(project.rootdir, 0o700)
  }

  @Test(arguments: [0o755, 0o775, 0o1777, 0o777])
  func theFolderAboveThePluginsCache(mode: mode_t) throws {
    let above = "\(project.home)/above"
    try project.write("", to: "\(above)/cache/file")
    chmod(above, mode)
    let outcome = try project.shell(
      "testmon-xdist controller -- printenv TESTMON_XDIST_PLUGIN_PATH", ["XDG_CACHE_HOME": "\(above)/cache"])
    #expect(outcome.status == 0 && outcome.output.hasPrefix("/"), "\(outcome)")
    #expect(outcome.output.hasPrefix(above) == (mode != 0o777), "\(outcome)")
  }

  /// As root's own folders look in a sandbox that doesn't know root.
  @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
  func aFolderOfNobodys() throws {
    let above = "\(project.home)/above"
    try project.write("", to: "\(above)/folder/file")
    try #require(chown(above, 65534, 65534) == 0)
    let place = ["XDG_CACHE_HOME": "\(above)/folder", "HOME": "\(above)/folder", "TMPDIR": "\(above)/folder"]
    let outcome = try project.shell("testmon-xdist controller -- printenv TESTMON_XDIST_PLUGIN_PATH", place)
    #expect(outcome.status == 0 && outcome.output.hasPrefix("\(above)/folder/testmon-xdist-"), "\(outcome)")
    chmod("\(above)/folder", 0o777)
    let elsewhere = try project.shell("testmon-xdist controller -- printenv TESTMON_XDIST_PLUGIN_PATH", place)
    #expect(elsewhere.status == 0 && elsewhere.output.hasPrefix("/tmp/testmon-xdist-"), "\(elsewhere)")
  }

  // MARK: what is believed

  /// Who may enter the folder may take the lock.
  @Test func aFolderThatOthersMayEnter() throws {
    try project.write("", to: ".testmon_xdist/lock")
    chmod(project.path(".testmon_xdist"), 0o755)
    for command in [["status"], ["cleanup"], ["controller", "--detach"], ["worker", "gw0", "--timeout", "10"]] {
      let outcome = try project.startTestmonXdist(command).finish()
      #expect(outcome.status == 6 && outcome.errors.contains("mode 755"), "\(command) \(outcome)")
    }
    chmod(project.path(".testmon_xdist"), 0o700)
    #expect(try project.testmonXdist("cleanup").status == 0)
    #expect(!project.hasRunFolder)
  }

  /// A lock file can name anybody.
  @Test(arguments: [["cleanup"], ["cleanup", "--force"]])
  func cleanupEndsOnlyWhoHoldsTheLock(command: [String]) throws {
    let bystander = try project.start(["/bin/sleep", "600"])
    let process = try #require(ProcessIdentity(of: bystander.pid))
    let name = String(decoding: try JSONEncoder().encode(process), as: UTF8.self)
    try project.write(
      #"{"run_id": "r", "kind": "held", "since": 1, "controller": \#(name), "owner": \#(name)}"#,
      to: ".testmon_xdist/lock")
    chmod(project.path(".testmon_xdist"), 0o700)
    let holder = try project.start(["flock", ".testmon_xdist/lock", "sh", "-c", "echo held; exec sleep 600"])
    try holder.waitForOutput("held")
    let outcome = try project.startTestmonXdist(command).finish()
    #expect(outcome.status == 1 && outcome.output.contains("fuser"), "\(outcome)")
    #expect(process.isAlive == true)
    bystander.send(SIGKILL)
    holder.send(SIGKILL)
    try holder.finish()
  }

  // MARK: what is shown

  private static let escape = "\u{1B}]0;title\u{7}\u{9B}31m"

  @Test func namesThatDriveTheTerminal() throws {
    #expect(try project.testmonXdist("controller", "--detach").status == 0)
    let id = "r\(Self.escape)"
    for name in ["lock", "controller_ready.json"] {
      let text = String(decoding: try project.bytes(".testmon_xdist/\(name)"), as: UTF8.self)
      let run = try #require(text.firstRange(of: #""run_id" : ""#)).upperBound
      try project.overwrite(".testmon_xdist/\(name)", text[..<run] + jsonEscaped(id) + text[run...].drop { $0 != "\"" })
    }
    let worker = "gw0\(Self.escape)".replacing("/", with: "")
    try project.write(
      #"{"run_id": "\#(jsonEscaped(id))", "worker_id": "\#(jsonEscaped(worker))", "pid": 1, "timestamp": 1, "waited_ms": 1}"#,
      to: ".testmon_xdist/worker_\(worker)_ready")
    for command in [["status"], ["status", "--debug"], ["worker", "gw1"], ["worker", "gw1", "--debug"], ["doctor"]] {
      let outcome = try project.startTestmonXdist(command).finish()
      #expect(
        !outcome.text.unicodeScalars.contains { ["\u{1B}", "\u{9B}", "\u{7}"].contains($0) }, "\(command) \(outcome)")
      if command == ["status"] { #expect(outcome.output.contains(#"gw0\x1b]0;title\x07"#), "\(outcome)") }
    }
  }

  /// pytest shows what the companion answers as it is.
  @Test func aPathThatDrivesTheTerminal() throws {
    let project = try Project(name: "a\(Self.escape)")
    try project.addFourTests()
    try project.write("no database, and more than enough bytes to see that", to: ".testmondata")
    let outcome = try project.pytest(.plugin, "--testmon", "-n", "2")
    let ours = outcome.text.split(separator: "\n").filter { $0.contains("testmon-xdist: ") }
    #expect(ours.contains { $0.contains("is damaged") }, "\(outcome)")
    #expect(!ours.joined().contains("\u{1B}"), "\(outcome)")
  }

  private func jsonEscaped(_ text: String) -> String {
    text.unicodeScalars.map {
      $0.isASCII && $0.value >= 32 ? String($0) : "\\u" + String($0.value + 0x10000, radix: 16).dropFirst()
    }
    .joined()
  }
}

extension Project {
  /// Writes a file anew in its place: what is locked stays the same file.
  fileprivate func overwrite(_ name: String, _ text: some StringProtocol) throws {
    let file = FileDescriptor(open(path(name), O_WRONLY | O_TRUNC | O_CLOEXEC))
    try file.writeAll(Array(text.utf8))
  }
}
