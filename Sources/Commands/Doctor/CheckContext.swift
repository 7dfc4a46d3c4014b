import CommandLine
import Coordination
import FoundationEssentials
import PytestPlugin
import Settings

/// What the checks look at, each thing looked up once.
final class CheckContext {
  let project: Project
  let environment: [String: String]
  let settings: Result<Settings, SettingsError>

  /// The Python that pytest would run in, and what it has.
  struct Python: Decodable {
    let executable: String
    let version: String
    let pytest: String?
    let testmon: String?
    let xdist: String?
    let plugin: String?
  }

  private let explicitPython: String?

  init(_ common: CommonOptions, python: String?, environment: [String: String]) throws {
    self.environment = environment
    explicitPython = python
    let project = try Project.find(given: common.rootdir, from: WorkingFolder.path(), environment: environment)
    self.project = project
    settings = Result { () throws(SettingsError) in
      try Settings.load(
        rootdir: project.rootdir, configFile: common.config, environment: environment,
        flags: FlagOverrides(debug: common.debug, timeout: nil))
    }
  }

  /// Why the project's own Python (.venv) isn't started; known after `python` has been looked up.
  private(set) var passedOver: CommandFailure?

  /// The likeliest Python that can be started.
  lazy var python: Result<Python, CommandFailure> = {
    var failure = CommandFailure(
      .usage, "no Python found: neither an active virtual environment, nor .venv, nor PATH has one")
    let candidates = PythonEnvironment.candidates(
      explicit: explicitPython, rootdir: project.rootdir, environment: environment)
    for candidate in candidates {
      do throws(CommandFailure) {
        let source = String(decoding: PythonInspection.source, as: UTF8.self)
        let output = try candidate.run(source, [])
        if let python = JSON.decode(Python.self, from: output.standard) { return .success(python) }
        failure = CommandFailure(
          .usage, "\(candidate.path) doesn't work: \(output.errors.split(separator: "\n").last ?? "no answer")")
      } catch {
        failure = error
        if candidate.distrust != nil { passedOver = error }
      }
    }
    return .failure(failure)
  }()

  /// What testmon says of the project; a failure where it can't be asked.
  lazy var facts: Result<Facts, CommandFailure> = Result { () throws(CommandFailure) in
    let python = try python.get()
    return try PythonEnvironment(path: python.executable).facts(rootdir: project.rootdir)
  }

  var dataFile: String { (try? facts.get().databasePath) ?? project.dataFile }
}
