import CommandLine
import Coordination
import Testmon
import Text

/// Are Python, pytest, pytest-testmon and pytest-xdist there, in releases that work together?
struct PythonCheck: Check {
  let name = "python"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    switch context.python {
    case .failure(let failure): return [.failure(failure.message, next: "testmon-xdist doctor --python PATH")]
    case .success(let python):
      let passedOver = context.passedOver.map {
        Finding.warning($0.message, next: "testmon-xdist doctor --python PATH")
      }
      return [passedOver].compactMap { $0 } + findings(python, context)
    }
  }

  private func findings(_ python: CheckContext.Python, _ context: CheckContext) -> [Finding] {
    let executable = ShellWord.quote(python.executable)
    let wanted = [("pytest", python.pytest), ("pytest-testmon", python.testmon), ("pytest-xdist", python.xdist)]
    let missing = wanted.filter { $0.1 == nil }.map(\.0)
    if !missing.isEmpty {
      return [
        .failure(
          "\(python.executable) (Python \(python.version)) has no \(missing.joined(separator: ", no "))",
          next:
            "\(executable) -m pip install \(missing.joined(separator: " ")), or name another Python: testmon-xdist doctor --python PATH"
        )
      ]
    }
    let problems = [
      older(python.testmon ?? "", executable), newer(context, executable), xdist(python.xdist ?? "", executable),
      pythonVersion(python),
    ].compactMap { $0 }
    if !problems.isEmpty { return problems }
    let versions =
      "Python \(python.version), pytest \(python.pytest ?? ""), "
      + "pytest-testmon \(python.testmon ?? ""), pytest-xdist \(python.xdist ?? "")"
    return [.good("\(python.executable): \(versions)", summary: versions)] + asked(context, executable)
  }

  private func older(_ version: String, _ executable: String) -> Finding? {
    CommandFailure(olderTestmon: version).map {
      .failure($0.message, next: "\(executable) -m pip install --upgrade pytest-testmon")
    }
  }

  /// By what a run would find: a later release may be made like those that are known.
  private func newer(_ context: CheckContext, _ executable: String) -> Finding? {
    let message: String
    switch context.facts {
    case .failure(let failure):
      guard failure.isNewerTestmon else { return nil }
      message = failure.message
    case .success(let facts):
      guard DataVersion(number: facts.dataVersion) == nil else { return nil }
      message = "\(DataFileError(path: facts.databasePath, reason: .unknownDataVersion(facts.dataVersion)))"
    }
    return .warning(
      "\(message); until then runs go on without coordination, or stop where stop_on_newer is set",
      next: "\(executable) -m pip install 'pytest-testmon<=\(Release.newestKnown)', or look for a newer testmon-xdist")
  }

  private func xdist(_ version: String, _ executable: String) -> Finding? {
    guard Release(version) < Release("1.29") else { return nil }
    return .failure(
      "pytest-xdist \(version) is older than what testmon-xdist works with (1.29 and later)",
      next: "\(executable) -m pip install --upgrade pytest-xdist")
  }

  private func pythonVersion(_ python: CheckContext.Python) -> Finding? {
    guard Release(python.version) < Release("3.7") else { return nil }
    return .failure(
      "Python \(python.version) is older than what the pytest plugin works with (3.7 and later)",
      next: "testmon-xdist doctor --python PATH")
  }

  /// Whether pytest starts in this project at all, with testmon in it.
  private func asked(_ context: CheckContext, _ executable: String) -> [Finding] {
    guard case .failure(let failure) = context.facts else { return [] }
    return [.failure(failure.message, next: "see what pytest says: \(executable) -m pytest --testmon --collect-only")]
  }
}
