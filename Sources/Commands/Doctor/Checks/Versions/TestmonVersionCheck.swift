import CommandLine
import Coordination
import Testmon

/// Is testmon one that testmon-xdist knows?
struct TestmonVersionCheck: Check {
  let name = "testmon-version"
  let group = CheckGroup.versions

  func run(in context: CheckContext) -> [Finding] {
    guard let python = try? context.python.get(), let installed = python.testmon else { return [] }
    if let failure = CommandFailure(olderTestmon: installed) {
      return [.failure(failure.message, next: python.install("--upgrade 'pytest-testmon>=\(Release.oldestKnown)'"))]
    }
    return other(installed, python, context)
      ?? [.good("pytest-testmon \(installed)", summary: "pytest-testmon \(installed)")]
  }

  /// By what a run would find: a later release may be made like those that are known.
  private func other(_ installed: String, _ python: CheckContext.Python, _ context: CheckContext) -> [Finding]? {
    let message: String
    switch context.facts {
    case .failure(let failure):
      guard context.rehearsal?.report != nil else { return nil }
      guard failure.isNewerTestmon else {
        return [
          .failure(failure.message, next: python.install("--force-reinstall --no-deps pytest-testmon==\(installed)"))
        ]
      }
      message = failure.message
    case .success(let facts):
      guard DataVersion(number: facts.dataVersion) == nil else { return nil }
      message = "\(DataFileError(path: facts.databasePath, reason: .unknownDataVersion(facts.dataVersion)))"
    }
    return [
      .warning(
        "\(message); until then runs go on without coordination, or stop where stop_on_newer is set",
        next: python.install("'pytest-testmon<=\(Release.newestKnown)'"))
    ]
  }
}
