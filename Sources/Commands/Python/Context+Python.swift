import CommandLine
import Coordination

extension Context {
  /// The likeliest Python that answers, and its facts.
  /// - Parameter explicit: the one that the command line names, if it does.
  func askPythons(explicit: String?) throws(CommandFailure) -> (PythonEnvironment, Facts) {
    let pythons = PythonEnvironment.candidates(
      explicit: explicit, rootdir: project.rootdir, environment: environment)
    var failure = CommandFailure(
      .usage, "no Python found in PATH; name the one that has pytest-testmon with --python PATH")
    for (index, python) in pythons.enumerated() {
      do {
        return (python, try python.facts(rootdir: project.rootdir, variables: environment))
      } catch {
        if python.distrust != nil && index + 1 < pythons.count {
          diagnostics.warning(error.message)
        } else {
          diagnostics.debug(error.message)
        }
        // The user most likely meant the first.
        if index == 0 { failure = error }
      }
    }
    throw failure
  }

  /// The facts of the likeliest Python, with what the command line says in place of its own.
  func facts(_ options: ControllerOptions) throws(CommandFailure) -> Facts {
    var (_, facts) = try askPythons(explicit: options.python)
    if let name = options.environment { (facts.environmentName, facts.isEnvironmentGiven) = (name, true) }
    facts.expectedWorkers = options.workers ?? 0
    facts.historyFolder = RunRecorder.folder(in: project)
    return facts
  }
}
