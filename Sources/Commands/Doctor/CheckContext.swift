import CommandLine
import Coordination
import FoundationEssentials
import Glibc
import Platform
import PytestPlugin
import Settings
import Text
import Variables

/// What the checks look at, each thing looked up once.
final class CheckContext {
  let project: Project
  let environment: [String: String]
  let settings: Result<Settings, SettingsError>
  /// The Python that the command line names, if it does.
  let explicitPython: String?
  /// What the checks before have found.
  var told: [(group: CheckGroup, finding: Finding)] = []

  /// The Python that pytest would run in, and what it has.
  struct Python: Decodable {
    let executable: String
    let prefix: String
    let version: String
    let installer: Installer
    let pytest: String?
    let testmon: String?
    let xdist: String?
    let plugin: String?
    /// Modules of the plugin that aren't as they were installed.
    let damaged: [String]
  }

  init(_ common: CommonOptions, python: String?, environment: [String: String]) throws {
    self.environment = environment
    explicitPython = python
    let current = try WorkingFolder.path()
    let project = try Project.find(given: common.rootdir, from: current, environment: environment)
    self.project = project
    let configFile = (common.config ?? environment[.config]).map { Path.absolute($0, in: current) }
    settings = Result { () throws(SettingsError) in
      try Settings.load(
        rootdir: project.rootdir, configFile: configFile, environment: environment,
        flags: FlagOverrides(debug: common.debug, timeout: nil))
    }
  }

  /// Whether a pytest is to be coordinated by itself; else only one below a command of ours.
  var isEnabled: Bool { (try? settings.get().enabled.value) == true }

  /// Why the project's own Python (.venv) isn't started; known after `interview` has been looked up.
  private(set) var passedOver: CommandFailure?

  /// What the likeliest Python that can be started told, and had pytest do.
  struct Interview {
    let python: Python
    /// nil where pytest has ended the process, or hasn't answered in time.
    let rehearsal: Rehearsal?
    let end: ChildProcess.End
    let errors: String
  }

  lazy var interview: Result<Interview, CommandFailure> = {
    var failure = CommandFailure(
      .usage, "no Python found: neither an active virtual environment, nor .venv, nor PATH has one")
    let plugin = try? PluginFolder(outside: nil, environment: environment)
    defer { plugin?.remove() }
    let candidates = PythonEnvironment.candidates(
      explicit: explicitPython, rootdir: project.rootdir, environment: environment)
    for candidate in candidates {
      do throws(CommandFailure) {
        let source = String(decoding: PythonInspection.ofPackagesAndPytest, as: UTF8.self)
        let output = try candidate.run(source, [project.rootdir, plugin?.path ?? ""])
        let lines = output.standard.split(separator: UInt8(ascii: "\n"), maxSplits: 1).map(Array.init)
        if let first = lines.first, let python = JSON.decode(Python.self, from: first) {
          let rehearsal = lines.count > 1 ? JSON.decode(Rehearsal.self, from: lines[1]) : nil
          return .success(Interview(python: python, rehearsal: rehearsal, end: output.end, errors: output.errors))
        }
        failure = CommandFailure(
          .usage, "\(candidate.path) doesn't work: \(output.errors.split(separator: "\n").last ?? "no answer")")
      } catch {
        failure = error
        if candidate.distrust != nil { passedOver = error }
      }
    }
    return .failure(failure)
  }()

  var python: Result<Python, CommandFailure> { interview.map(\.python) }

  /// How pytest read its configuration; nil where it didn't get so far.
  var rehearsal: Rehearsal? { (try? interview.get())?.rehearsal }

  /// What testmon says of the project; a failure where it can't be asked.
  lazy var facts: Result<Facts, CommandFailure> = Result { () throws(CommandFailure) in
    let interview = try interview.get()
    guard let report = interview.rehearsal?.report else {
      throw CommandFailure(.usage, "\(interview.python.executable): pytest with pytest-testmon can't be asked there")
    }
    return try report.known()
  }

  /// The data file, and the coordination folder, each looked at once.
  lazy var data = DataState(self)
  lazy var run = RunState(self)

  var dataFile: String { (try? facts.get().databasePath) ?? project.dataFile }
}

extension CheckContext.Python {
  /// The command that installs something there.
  func install(_ what: String) -> String { installer.command(what, in: executable) }

  /// What installs the plugin, of the executable's own release.
  var installPlugin: String {
    install("--force-reinstall --no-deps WHEEL") + ", with the wheel of testmon-xdist \(Commands.version)"
  }
}
