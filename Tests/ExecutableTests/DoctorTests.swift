import FoundationEssentials
import Glibc
import Testing

@Suite struct DoctorTests {
  private let project: Project

  /// A project in good health.
  init() throws {
    project = try Project()
    try project.addFourTests()
    try project.installPlugin()
    project.variables["TESTMON_XDIST_CONTROLLER_PRECREATION"] = "true"
  }

  /// What is not good, by check; all formats must agree.
  private func diagnose(
    status: Int32, _ more: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [Diagnosis.Finding] {
    let text = try project.startTestmonXdist(["doctor"] + more).finish()
    let json = try project.startTestmonXdist(["doctor", "--json"] + more).finish()
    #expect(text.status == status && json.status == status, "\(text) \(json)", sourceLocation: sourceLocation)
    #expect(text.errors == "" && json.errors == "", "\(text) \(json)", sourceLocation: sourceLocation)
    let diagnosis = try json.decoded(Diagnosis.self)
    #expect(diagnosis.schema == 1 && diagnosis.healthy == (status == 0), sourceLocation: sourceLocation)
    let bad = diagnosis.findings.filter { $0.verdict != "good" }
    for finding in bad {
      #expect(text.output.contains(finding.message), "\(text)", sourceLocation: sourceLocation)
      let next = try #require(finding.next, "no next step: \(finding)", sourceLocation: sourceLocation)
      #expect(text.output.contains(next), "\(text)", sourceLocation: sourceLocation)
    }
    return bad
  }

  /// A tick for each group, and no word more than is needed.
  @Test func health() throws {
    for expected in ["no data yet", "4 tests recorded"] {
      let outcome = try project.testmonXdist("doctor")
      #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.first == "✓ Settings: coordination on", "\(outcome)")
      #expect(lines.last == "Ready to run pytest --testmon in parallel.", "\(outcome)")
      #expect(lines.dropLast().allSatisfy { $0.hasPrefix("✓ ") } && lines.count <= 8, "\(outcome)")
      #expect(outcome.output.contains("pytest-testmon 2.2.0") && outcome.output.contains(expected), "\(outcome)")
      #expect(try diagnose(status: 0).isEmpty)
      #expect(try project.pytest(.plugin, "--testmon", "-n", "2").status == 0)
    }
    let quiet = try project.testmonXdist("doctor", "--quiet")
    #expect(quiet.status == 0 && quiet.text == "", "\(quiet)")
  }

  /// Who wraps commands needs neither the variable nor the plugin.
  @Test func healthOfAWrapper() throws {
    project.variables["TESTMON_XDIST_CONTROLLER_PRECREATION"] = nil
    project.pythonPath = []
    let outcome = try project.testmonXdist("doctor")
    #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
    #expect(outcome.output.contains("  warning: only a command that is wrapped is coordinated"), "\(outcome)")
    let last = "Ready to run testmon-xdist controller -- pytest --testmon in parallel, with 1 warning.\n"
    #expect(outcome.output.hasSuffix(last), "\(outcome)")
  }

  @Test func marksAndColours() throws {
    project.variables["COVERAGE_CORE"] = "fast"
    let plain = try project.testmonXdist("doctor", with: ["LC_ALL": "C"])
    #expect(plain.status == 1 && plain.output.utf8.allSatisfy { $0 < 0x80 && $0 != 0x1B }, "\(plain)")
    #expect(plain.output.contains("+ Settings: coordination on\n"), "\(plain)")
    #expect(plain.output.contains("x Versions: "), "\(plain)")
    #expect(plain.output.contains("  problem: coverage refuses"), "\(plain)")
    #expect(plain.output.contains("\n    unset COVERAGE_CORE\n"), "\(plain)")
    #expect(plain.output.hasSuffix("\nNot ready: 1 problem.\n"), "\(plain)")
    let coloured = try project.testmonXdist("doctor", "--color", "always")
    #expect(coloured.output.contains("\u{1B}[1;31m✗\u{1B}[0m"), "\(coloured)")
    let quiet = try project.testmonXdist("doctor", "--quiet")
    #expect(quiet.output.hasPrefix("✗ Versions") && quiet.output.hasSuffix("Not ready: 1 problem.\n"), "\(quiet)")
  }

  @Test func theDataFileIsGarbage() throws {
    let garbage = [UInt8](repeating: 0x5A, count: 8192)
    try project.write(garbage, to: ".testmondata")
    // With --fix too: it may be worth something to somebody.
    for option in ["--color=never", "--fix"] {
      let outcome = try project.testmonXdist("doctor", option)
      #expect(outcome.status == 1 && outcome.output.contains(project.path(".testmondata")), "\(outcome)")
      #expect(outcome.output.contains("mv \(project.rootdir)/.testmondata"), "\(outcome)")
      let findings = try project.testmonXdist("doctor", "--json", option).decoded(Diagnosis.self).findings
      #expect(findings.filter { $0.verdict != "good" }.map(\.check) == ["data-file"])
      #expect(try project.bytes(".testmondata") == garbage)
    }
  }

  /// No failure: the next run takes them over.
  @Test func aDeadRunHasLeftFiles() throws {
    try project.write("", to: ".testmon_xdist/lock")
    try project.write("", to: ".testmon_xdist/worker_gw0_ready")
    chmod(project.path(".testmon_xdist"), 0o700)
    let findings = try diagnose(status: 0)
    #expect(findings.map(\.check) == ["leftovers"] && findings.first?.next == "testmon-xdist cleanup")
    #expect(project.hasRunFolder)
    let fixed = try project.testmonXdist("doctor", "--fix")
    #expect(fixed.status == 0 && fixed.output.contains("fixed: removed \(project.path(".testmon_xdist"))"), "\(fixed)")
    #expect(!project.hasRunFolder)
    #expect(try diagnose(status: 0).isEmpty)
  }

  /// What is in use isn't mended.
  @Test func aLiveRunIsLeftAlone() throws {
    #expect(try project.testmonXdist("controller", "--detach").status == 0)
    let outcome = try project.testmonXdist("doctor", "--fix")
    #expect(outcome.status == 0 && !outcome.output.contains("fixed"), "\(outcome)")
    #expect(try project.status().run?.state == "ready")
  }

  @Test func dataInTheLogIsBroughtHome() throws {
    // A run without us that leaves its connection open at exit.
    try project.write(
      "import os\n\n\ndef pytest_unconfigure(config):\n    os._exit(0)\n", to: "conftest.py")
    let pytest = ["\(project.environment)/bin/pytest", "--testmon"]
    #expect(try project.run(pytest, ["TESTMON_XDIST_CONTROLLER_PRECREATION": ""]).status == 0)
    let findings = try diagnose(status: 0)
    #expect(findings.map(\.check) == ["data-log"] && findings.first?.message.contains("-wal") == true)
    let fixed = try project.testmonXdist("doctor", "--fix")
    #expect(fixed.status == 0 && fixed.output.contains("fixed: "), "\(fixed)")
    #expect(try diagnose(status: 0).isEmpty)
    #expect(try project.status().dataFile.tests == 4)
  }
}
