import Glibc
import Testing

/// A wrapped command below which nothing was coordinated: it is said, with the command that helps, where a pytest with
/// testmon has run, and nowhere else.
@Suite struct UncoordinatedTests {
  private let project: Project
  private static let autoload = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"

  init() throws {
    project = try Project()
    try project.addFourTests()
  }

  private func wrapped(_ command: [String], _ more: [String: String] = [:], options: [String] = []) throws -> Outcome {
    try project.startTestmonXdist(options + ["controller", "--"] + command, more).finish()
  }

  /// The command that the one warning says to run, as a shell takes it.
  private func advice(_ outcome: Outcome, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
    let warnings = outcome.errors.split(separator: "\n").filter { $0.contains("nothing below this command") }
    try #require(
      warnings.count == 1 && warnings[0].hasPrefix("WARNING: "), "\(outcome)", sourceLocation: sourceLocation)
    let marker = try #require(["run: ", "put it first: "].compactMap { warnings[0].firstRange(of: $0) }.first)
    return String(warnings[0][marker.upperBound...])
  }

  private func checkAdvice(
    _ outcome: Outcome, _ more: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let command = try advice(outcome, sourceLocation: sourceLocation)
    let followed = try project.shell(command, more)
    #expect(
      followed.isCoordinated && [0, 5].contains(followed.status), "\(command): \(followed)",
      sourceLocation: sourceLocation)
  }

  @Test func anEmptyEnvironment() throws {
    let path = project.variables["PATH"] ?? ""
    let outcome = try wrapped(["env", "-i", "PATH=\(path)", "pytest", "--testmon", "-n", "2"])
    #expect(outcome.status == 0 && outcome.passed == 4, "\(outcome)")
    try checkAdvice(outcome)
    let quiet = try wrapped(["env", "-i", "PATH=\(path)", "pytest", "--testmon", "-n", "2"], options: ["--quiet"])
    #expect([0, 5].contains(quiet.status) && quiet.errors == "", "\(quiet)")
  }

  @Test func pluginsByNameOnly() throws {
    let pytest = ["pytest", "--testmon", "-n", "2", "-p", "xdist", "-p", "testmon.pytest_testmon"]
    let outcome = try wrapped(pytest, [Self.autoload: "1"])
    #expect(outcome.status == 0 && outcome.passed == 4, "\(outcome)")
    try checkAdvice(outcome, [Self.autoload: "1"])
    // testmon isn't loaded either.
    let refused = try wrapped(["pytest", "--testmon", "-n", "2"], [Self.autoload: "1"])
    #expect(refused.status == 4, "\(refused)")
    try checkAdvice(refused, [Self.autoload: "1"])
  }

  @Test func anotherCauseIsNotGuessed() throws {
    try project.write("test:\n\tenv -u PYTHONPATH pytest --testmon\n", to: "Makefile")
    let outcome = try wrapped(["make", "test"])
    #expect(outcome.status == 0 && outcome.passed == 4, "\(outcome)")
    #expect(outcome.errors.contains("nothing below this command was coordinated, although a pytest"), "\(outcome)")
    #expect(outcome.errors.contains("set PYTHONPATH anew"), "\(outcome)")
  }

  @Test(arguments: [
    ["true"], ["sh", "-c", "echo built >out; cat .testmondata >copy"], ["pytest", "--version"], ["pytest"],
    ["pytest", "--testmon"], ["sh", "-c", "rm .testmondata"], ["env", "-i", "/bin/true"], ["no-such-command"],
    ["python", "-c", "import pytest"],
  ])
  func nothingIsSaidElsewhere(command: [String]) throws {
    #expect(try project.pytest(.wrapper, "--testmon").passed == 4)
    let outcome = try wrapped(command)
    #expect(!outcome.errors.contains("coordinated"), "\(outcome)")
  }

  // MARK: what an earlier run leaves in a shell

  @Test func theVariablesOfARunThatIsOver() throws {
    try project.installPlugin()
    let outcome = try project.shell(
      """
      testmon-xdist --quiet controller --detach && eval "$(testmon-xdist worker gw0 --export)" || exit 1
      pytest --testmon >during.txt || exit 2
      testmon-xdist cleanup >/dev/null
      pytest --testmon && exit 3
      testmon-xdist controller -- pytest --testmon >wrapped.txt || exit 4
      """)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try project.text("during.txt").contains("stores nothing"))
    let line = try #require(outcome.text.split(separator: "\n").first { $0.contains("run: unset ") }, "\(outcome)")
    #expect(line.contains("is over") && line.contains("TESTMON_XDIST_RUN_ID TESTMON_XDIST_WORKER_ID"), "\(outcome)")
    // A run of its own isn't mistaken for the one that is over.
    #expect(try project.text("wrapped.txt").contains("4 passed"))
    // What it says to run helps, and leaves nothing.
    let unset = line[try #require(line.firstRange(of: "run: ")).upperBound...]
    let followed = try project.shell(
      """
      testmon-xdist --quiet controller --detach && eval "$(testmon-xdist worker gw0 --export)" || exit 1
      testmon-xdist cleanup >/dev/null
      \(unset)
      env | grep TESTMON
      rm .testmondata
      pytest --testmon
      """)
    #expect(followed.status == 0 && followed.passed == 4 && !followed.text.contains("TESTMON_"), "\(followed)")
    #expect(try project.status().dataFile.tests == 4)
  }
}
