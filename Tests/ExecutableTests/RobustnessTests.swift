import FoundationEssentials
import Glibc
import Testing

/// Whatever it meets: it ends, by itself, with a status that is documented.
@Suite struct RobustnessTests {
  private static let commands = [
    ["status", "--json"], ["worker", "gw0", "--timeout", "0.05"], ["controller", "--", "true"], ["doctor", "--fix"],
    ["cleanup"],
  ]

  private func check(_ outcome: Outcome, _ arguments: [String], _ more: String = "") {
    let withCommand: Set<Int32> = [0, 124, 125]
    let without: Set<Int32> = [0, 1, 2, 3, 4, 5, 6]
    #expect(
      !outcome.diedOfASignal && (arguments.contains("--") ? withCommand : without).contains(outcome.status),
      "\(arguments) \(more) \(outcome)")
  }

  /// The same numbers every time.
  private struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  private static let names = ["controller_ready.json", "lock", "worker_gw0_ready", "session", ".gitignore"]

  @Test(arguments: 0..<6)
  func randomBytesInItsFiles(seed: UInt64) throws {
    var random = Random(state: seed)
    let whole = #"""
      {"protocol":1,"run_id":"r","timestamp":1,"controller_pid":1,"controller":{"pid":1,"start_time":1,"boot_id":"b",\#
      "pid_namespace":"p"},"owner":{"pid":-1,"start_time":1,"boot_id":"","pid_namespace":""},"environment_id":1,\#
      "environment_name":"d","python_version":"3","packages_changed":false,"database_path":"/","data_version":14,\#
      "expected_workers":9223372036854775807,"version":"0","worker_id":"gw0","pid":2147483647,"waited_ms":1e300,\#
      "kind":"held","since":-1e300}
      """#
    let project = try Project()
    // Nothing of testmon there: it is about our own files.
    project.variables["PATH"] = "/usr/bin:/bin"
    for command in Self.commands {
      for name in Self.names {
        var bytes = Array(whole.utf8)
        switch UInt8.random(in: 0..<4, using: &random) {
        case 0: bytes = (0..<Int.random(in: 0..<300, using: &random)).map { _ in .random(in: 0...255, using: &random) }
        case 1: bytes.removeLast(.random(in: 0..<bytes.count, using: &random))
        case 2:
          for _ in 0..<4 { bytes[.random(in: 0..<bytes.count, using: &random)] = .random(in: 32...126, using: &random) }
        default: break
        }
        try project.write(bytes, to: ".testmon_xdist/\(name)")
      }
      chmod(project.path(".testmon_xdist"), 0o700)
      check(try project.startTestmonXdist(command).finish(), command, "seed \(seed)")
    }
  }

  /// What else may lie where a file is expected.
  enum Obstacle: CaseIterable { case fifo, folder, danglingLink, hugeFile }

  @Test(arguments: Obstacle.allCases)
  func somethingElseInAFilesPlace(obstacle: Obstacle) throws {
    let project = try Project()
    project.variables["PATH"] = "/usr/bin:/bin"
    for name in Self.names.map({ ".testmon_xdist/\($0)" }) + [".testmondata", ".testmon_xdist", "pyproject.toml"] {
      for command in Self.commands {
        try? FileManager.default.removeItem(atPath: project.path(".testmon_xdist"))
        try? FileManager.default.removeItem(atPath: project.path(name))
        if name.contains("/") { try project.write("", to: ".testmon_xdist/lock") }
        unlink(project.path(name))
        switch obstacle {
        case .fifo: mkfifo(project.path(name), 0o600)
        case .folder: try project.write("", to: "\(name)/inside")
        case .danglingLink: symlink("nowhere", project.path(name))
        case .hugeFile:
          try project.write("", to: name)
          truncate(project.path(name), 1 << 32)
        }
        if name.contains("/") { chmod(project.path(".testmon_xdist"), 0o700) }
        check(try project.startTestmonXdist(command).finish(), command, "\(obstacle) \(name)")
      }
      try? FileManager.default.removeItem(atPath: project.path(name))
    }
  }

  @Test func manyArguments() throws {
    let project = try Project()
    let many = (0..<20_000).map { "argument-\($0)" }
    #expect(try project.startTestmonXdist(["status"] + many).finish().status == 2)
    let passed = try project.startTestmonXdist(["controller", "--", "sh", "-c", "echo $#", "sh"] + many).finish()
    #expect(passed.status == 0 && passed.output == "20000\n", "\(passed.errors)")
    let long = try project.testmonXdist("worker", String(repeating: "x", count: 100_000))
    #expect(long.status == 2, "\(long.end)")
  }

  @Test func argumentsThatAreNotText() throws {
    let project = try Project()
    for arguments in [
      #""$bad""#, #"worker "$bad""#, #"status "--$bad""#, #"controller --environment "$bad" --workers x"#,
    ] {
      let outcome = try project.shell("bad=$(printf '\\377\\376'); testmon-xdist \(arguments)")
      #expect(outcome.status == 2, "\(arguments) \(outcome)")
    }
    // A command's arguments are passed on byte for byte.
    let outcome = try project.shell(
      #"testmon-xdist controller -- printf %s "$(printf 'a\377\376b')" | od -An -tx1"#)
    #expect(outcome.output.split(separator: " ").joined() == "61fffe62\n", "\(outcome)")
  }

  @Test func variablesThatAreNotText() throws {
    let project = try Project()
    let outcome = try project.shell(#"export TESTMON_XDIST_DEBUG="$(printf '\377')"; testmon-xdist status"#)
    #expect(outcome.status == 2 && outcome.errors.contains("TESTMON_XDIST_DEBUG"), "\(outcome)")
    let name = try project.shell(
      #"export TESTMON_DATAFILE="$(printf 'a\377')" XDG_CONFIG_HOME="$(printf '\377')"; testmon-xdist status"#)
    check(name, ["status"])
  }

  @Test func variablesWithWrongValues() throws {
    let project = try Project()
    // `  key, VARIABLE` is how help begins what it says of a setting.
    let help = try project.testmonXdist("--help").output.split(separator: "\n")
    let variables = help.compactMap { $0.split(separator: ", ").last }.filter { $0.hasPrefix("TESTMON_XDIST_") }
    try #require(variables.contains("TESTMON_XDIST_HISTORY"), "\(help)")
    for variable in variables.map(String.init) {
      for value in ["", " ", "nan", "-1", "1e999", "99999999999999999999", "true false", "\u{1B}[31m", "0x10"] {
        let outcome = try project.testmonXdist("status", with: [variable: value])
        #expect([0, 2].contains(outcome.status), "\(variable)=\(value) \(outcome)")
        #expect(!outcome.text.contains("\u{1B}"), "\(outcome)")
        if outcome.status == 2 { #expect(outcome.errors.contains(variable), "\(outcome)") }
      }
    }
  }

  // MARK: where output can't go

  /// A full disk must not look like success.
  @Test(arguments: [
    "--version", "--help", "status", "status --json", "worker gw0", "worker gw0 --json", "doctor --json",
  ])
  func aFullDisk(command: String) throws {
    let project = try Project()
    try project.installPlugin()
    project.variables["TESTMON_XDIST_CONTROLLER_PRECREATION"] = "true"
    if command.hasPrefix("worker") { #expect(try project.testmonXdist("controller", "--detach").status == 0) }
    let outcome = try project.shell("testmon-xdist \(command) >/dev/full")
    #expect(!outcome.diedOfASignal && outcome.status != 0, "\(outcome)")
  }

  @Test func aReaderThatHasGone() throws {
    let project = try Project()
    let outcome = try project.shell("{ testmon-xdist --help; echo $? >status; } | true; cat status")
    #expect(outcome.output == "0\n" && outcome.errors == "", "\(outcome)")
  }

  @Test(arguments: ["status", "cleanup", "doctor", "worker gw0 --timeout 0.05", "controller -- true", "--version"])
  func closedDescriptors(command: String) throws {
    let project = try Project()
    for closed in [">&-", "2>&-", "<&-", "<&- >&- 2>&-"] {
      let outcome = try project.shell("testmon-xdist \(command) \(closed)")
      check(outcome, command.split(separator: " ").map(String.init), closed)
      #expect(!project.hasRunFolder)
    }
  }

  /// What it opens then gets the numbers 0 to 2, and must not be taken for what they usually are.
  @Test func aBackgroundRunWithoutAnyDescriptor() throws {
    let project = try Project()
    let outcome = try project.shell("testmon-xdist controller --detach <&- >&- 2>&-")
    #expect(outcome.status == 0, "\(outcome)")
    let cleanup = try project.testmonXdist("cleanup")
    #expect(cleanup.status == 0 && cleanup.output.contains("ended"), "\(cleanup)")
    #expect(!project.hasRunFolder)
  }
}
