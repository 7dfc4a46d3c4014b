import FoundationEssentials
import Glibc
import Testing

/// What an error advises works when it is pasted into a shell.
@Suite struct AdviceTests {
  enum Fault: CaseIterable {
    case damagedData, foreignData, noFolder, linkedRunFolder, fileAsRunFolder, openRunFolder

    /// Makes the fault, and tells which data file is meant.
    fileprivate func make(in project: Project) throws -> CompanionFacts {
      let folder = project.path(".testmon_xdist")
      switch self {
      case .damagedData: try project.write(String(repeating: "no database ", count: 1000), to: ".testmondata")
      case .foreignData:
        let script = "import sqlite3; sqlite3.connect('.testmondata').execute('CREATE TABLE t (x)').connection.commit()"
        try #require(project.run(["\(project.environment)/bin/python", "-c", script]).status == 0)
      case .noFolder: return CompanionFacts(dataFile: "new folder/.testmondata")
      case .linkedRunFolder: symlink("elsewhere", folder)
      case .fileAsRunFolder: try project.write("", to: folder)
      case .openRunFolder:
        mkdir(folder, 0o755)
        chmod(folder, 0o777)
      }
      return CompanionFacts()
    }
  }

  @Test(arguments: Fault.allCases) func whatIsAdvisedHelps(fault: Fault) throws {
    let project = try Project()
    let facts = try fault.make(in: project)
    let message = try lastMessage(project.startCompanion(facts).finish())
    let command = try #require(message.split(separator: ": ").last.map(String.init), "\(message)")
    let pasted = try project.shell(command)
    #expect(pasted.status == 0 && pasted.text == "", "\(command): \(pasted)")
    let after = try project.startCompanion(facts).finish()
    #expect(after.output.contains(#""state":"ready""#), "after \(command): \(after)")
  }

  @Test func aRunThatHoldsTheProjectIsEndedByWhatIsAdvised() throws {
    let project = try Project()
    project.variables["TESTMON_XDIST_LOCK_TIMEOUT"] = "0"
    try #require(project.testmonXdist("controller", "--detach").status == 0)
    let refused = try project.testmonXdist("controller", "--detach")
    #expect(refused.status == 4, "\(refused)")
    let command = try #require(refused.errors.split(separator: "\n").last?.split(separator: ": ").last.map(String.init))
    #expect(try project.shell(command).status == 0 && !project.hasRunFolder, "\(command)")
  }

  /// Who owns the file may change its mode; nobody else is told to.
  @Test(.enabled(if: geteuid() == 0, "only root can give files away"), arguments: [12345, 0] as [UInt32])
  func onlyTheOwnerIsToldToChangeTheMode(owner: UInt32) throws {
    let project = try Project()
    try #require(project.startCompanion().finish().output.contains(#""state":"ready""#))
    let (file, copy) = (project.path(".testmondata"), project.path("testmon-xdist"))
    try #require(project.run(["cp", Surroundings.executable, copy]).status == 0)
    chown(file, owner, owner)
    chmod(file, 0o444)
    let script = "echo \"\(CompanionFacts().line(in: project))\" | \"$0\" controller --companion 3"
    let outcome = try project.runAsAnyUser(
      ["/bin/sh", "-c", script, copy], ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true"])
    let message = try lastMessage(outcome)
    #expect(message.contains("\(file) can't be written"), "\(message)")
    #expect(message.contains("chmod") == (owner != 0), "\(message)")
    #expect(message.contains("belongs to user 0, and you are user 12345") == (owner == 0), "\(message)")
  }

  /// An environment that uv has made has no pip.
  @Test(arguments: [
    ("", "VENV/bin/python -m ensurepip && VENV/bin/python -m pip install"),
    ("uv = 0.9.0", "uv pip install --python VENV/bin/python"),
  ])
  func aPythonWithoutPip(configuration: String, command: String) throws {
    let project = try Project()
    let venv = project.path("venv")
    try #require(project.run([Surroundings.python, "-m", "venv", "--without-pip", venv]).status == 0)
    try #require(project.shell("echo '\(configuration)' >>\(venv)/pyvenv.cfg").status == 0)
    let report = #"{"testmon": "1.4.6", "facts": null, "python": "\#(venv)/bin/python"}"#
    let outcome = try project.run(
      ["/bin/sh", "-c", #"echo "$1" | "$0" controller --companion 3"#, Surroundings.executable, report],
      ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true"])
    let message = try lastMessage(outcome)
    #expect(message.hasSuffix(command.replacing("VENV", with: venv) + " 'pytest-testmon>=2.0.0'"), "\(message)")
  }

  private func lastMessage(_ outcome: Outcome) throws -> String {
    struct Answer: Decodable { let message: String }
    let line = try #require(outcome.output.split(separator: "\n").last, "\(outcome)")
    return try JSONDecoder().decode(Answer.self, from: Data(line.utf8)).message
  }
}
