import FoundationEssentials
import Testing

/// Going back and forth between sets of packages: what was recorded for one is used again, and whatever has changed
/// meanwhile runs.
@Suite struct SwitchingTests {
  private enum Packages { case a, b, c }

  private struct Step {
    let name: String
    let packages: Packages
    /// The tests that run, of those below.
    let ran: Set<String>
    var failed = 0
    /// Whether the header says that this environment's data is used again.
    var again = false
    /// How many environments are kept.
    var keep = 4
    var change: @Sendable (Project) throws -> Void = { _ in }
  }

  // Which tests there are, and which need what, is known without asking testmon: f1 and f2 call f, g calls g, h calls h.
  private static let first: Set = ["f1", "f2", "g", "h"]
  private static let last: Set = ["f1", "f2", "g", "new"]

  private static let steps: [Step] = [
    Step(name: "the first set", packages: .a, ran: first),
    Step(name: "the other", packages: .b, ran: first),
    Step(name: "back", packages: .a, ran: [], again: true),
    Step(name: "and forth", packages: .b, ran: [], again: true),

    Step(name: "an edit", packages: .a, ran: ["f1", "f2"], again: true) { try $0.writeFunction("f", 1) },
    Step(name: "runs in the other, too", packages: .b, ran: ["f1", "f2"], again: true),
    Step(name: "another edit", packages: .a, ran: ["f1", "f2"], again: true) { try $0.writeFunction("f", 2) },
    Step(name: "taken back: known here", packages: .b, ran: [], again: true) { try $0.writeFunction("f", 1) },
    Step(name: "but not there", packages: .a, ran: ["f1", "f2"], again: true),

    Step(name: "an edited test file", packages: .a, ran: ["g", "h"]) {
      try $0.writeTest("g", "assert g() + 1")
      try $0.writeFunction("h", 1)
    },
    Step(name: "runs in the other, too", packages: .b, ran: ["g", "h"], again: true),

    Step(name: "deleted, new, failing", packages: .a, ran: ["f2", "new"], failed: 2, again: true) {
      try FileManager.default.removeItem(atPath: $0.path("tests/test_h.py"))
      try $0.write(
        "import importlib.util\n\n\ndef test_new(): assert importlib.util.find_spec('six') is None\n",
        to: "tests/test_new.py")
      try $0.writeTest("f2", "assert not f()")
    },
    Step(name: "in the other, too; new passes there", packages: .b, ran: ["f2", "new"], failed: 1, again: true),
    Step(name: "repaired", packages: .b, ran: ["f2"]) { try $0.writeTest("f2", "assert f()") },
    Step(name: "what failed here hasn't been repaired yet", packages: .a, ran: ["f2", "new"], failed: 1, again: true),
    Step(name: "what failed there fails there", packages: .b, ran: [], again: true),

    // With two to keep: the one in use, and the one that was used before it.
    Step(name: "a third set", packages: .c, ran: last, keep: 2),
    Step(name: "an edit", packages: .c, ran: ["g"], keep: 2) { try $0.writeFunction("g", 1) },
    // The first one's fingerprints have gone with it; those that the second shared with it have not.
    Step(name: "runs in the second, too", packages: .b, ran: ["g"], again: true, keep: 2),
    Step(name: "the first has not been kept", packages: .a, ran: last, failed: 1, keep: 2),
    Step(name: "the second has", packages: .b, ran: [], again: true, keep: 2),
  ]

  /// One release of each data version.
  @Test(arguments: Extent.of(["2.0.0", "2.0.6", "2.0.12", "2.1.4", "2.2.0"], part: ["2.2.0"]))
  func whatIsKeptIsUsedAndIsNeverTooMuch(release: String) throws {
    let project = try Project(release)
    for function in ["f", "g", "h"] { try project.writeFunction(function, 0) }
    for (test, function) in [("f1", "f"), ("f2", "f"), ("g", "g"), ("h", "h")] {
      try project.writeTest(test, "assert \(function)() is not None")
    }
    try project.installPlugin()
    let plugin = project.pythonPath
    let six = try Surroundings.installed(.six)
    // All that makes a package one for testmon.
    let third = "\(project.home)/third"
    try project.write("Metadata-Version: 2.1\nName: third\nVersion: 1.0\n", to: "\(third)/third-1.0.dist-info/METADATA")
    for (number, step) in Self.steps.enumerated() {
      try step.change(project)
      project.pythonPath = plugin + (step.packages == .a ? [six] : step.packages == .b ? [] : [third])
      project.variables["TESTMON_XDIST_KEEP_ENVIRONMENTS"] = "\(step.keep)"
      let outcome = try project.pytest(.plugin, "--testmon", "-n", "2", "-v")
      let context: Comment = "step \(number + 1), \(step.name): \(outcome)"
      try #require(outcome.ran == step.ran, context)
      #expect((outcome.failed ?? 0) == step.failed && outcome.alarms == [], context)
      #expect(outcome.text.contains("picked up again") == step.again, context)
    }
  }

  /// A run without workers neither records in another environment's row, as testmon up to 2.1.4 does by itself, nor
  /// deletes it, as 2.2.0 does.
  @Test(arguments: Extent.pairs(["2.0.13", "2.1.4", "2.2.0"], [["-n", "0"], ["-p", "no:xdist"]]))
  func runsWithoutWorkersKeepThemApart(release: String, alone: [String]) throws {
    let project = try Project(release)
    try project.writeFunction("f", 0)
    try project.writeFunction("g", 0)
    try project.writeTest("f1", "assert f() is not None")
    try project.writeTest("g", "assert g() is not None")
    try project.installPlugin()
    let plugin = project.pythonPath
    let six = try Surroundings.installed(.six)
    func run(_ packages: [String], _ arguments: [String]) throws -> Set<String> {
      project.pythonPath = plugin + packages
      let outcome = try project.startPytest(.plugin, ["--testmon", "-v"] + arguments).finish()
      #expect(outcome.alarms == [] && (outcome.failed ?? 0) == 0 && !project.hasRunFolder, "\(outcome)")
      return outcome.ran
    }
    #expect(try run([], ["-n", "2"]) == ["f1", "g"])
    #expect(try run([six], alone) == ["f1", "g"])
    #expect(try run([], ["--collect-only"]) == [])
    try project.writeFunction("f", 1)
    #expect(try run([], alone) == ["f1"])
    #expect(try run([six], ["-n", "2"]) == ["f1"])
    #expect(try run([], ["-n", "2"]) == [])
    #expect(try run([six], alone) == [])
  }
}

extension Project {
  /// A module with a function of its own name, in its n-th form.
  fileprivate func writeFunction(_ name: String, _ form: Int) throws {
    try write("def \(name)():\n    return \(form + 1)\n", to: "\(name).py")
  }

  /// A file with one test.
  fileprivate func writeTest(_ name: String, _ body: String) throws {
    let function = name.prefix(1)
    try write("from \(function) import \(function)\n\n\ndef test_\(name)(): \(body)\n", to: "tests/test_\(name).py")
  }
}

extension Outcome {
  /// The tests `test_NAME` that ran, by what `-v` shows.
  fileprivate var ran: Set<String> {
    let words = output.split { " \n".contains($0) }
    // With workers the result comes first.
    let pairs = Array(zip(words, words.dropFirst())) + zip(words.dropFirst(), words)
    let names = pairs.compactMap { result, test in
      ["PASSED", "FAILED"].contains(result) && test.contains("::test_")
        ? test.split(separator: "::").last?.dropFirst("test_".count) : nil
    }
    return Set(names.map(String.init))
  }
}
