import Coordination
import FoundationEssentials
import Settings
import Testmon

/// Could a run begin now? Does what a run does first, but a test, and takes it back: it takes the lock, opens the data file
/// for writing and looks for the environment's row.
struct RehearsalCheck: Check {
  let name = "rehearsal"
  let group = CheckGroup.run

  func run(in context: CheckContext) -> [Finding] {
    // Whoever found it knows more of the cause.
    let groups: [CheckGroup] = [.run, .data, .fileSystem]
    if context.told.contains(where: { groups.contains($0.group) && $0.finding.verdict == .failure }) { return [] }
    do {
      guard try RunFolder.rehearse(in: context.project.rootdir) else {
        return [.good("a run is live: the next one waits for it")]
      }
      let tests = try recordedTests(context)
      return [.good("a run could begin now\(tests.map { ": \($0) tests are recorded for this Python" } ?? "")")]
    } catch {
      let failure = CommandFailure(error)
      return [.failure("a run couldn't begin now: \(failure.message)", next: "testmon-xdist status")]
    }
  }

  private func recordedTests(_ context: CheckContext) throws(DataFileError) -> Int? {
    guard let facts = try? context.facts.get(), let settings = try? context.settings.get() else { return nil }
    return try DataFile.rehearse(
      at: facts.databasePath, dataVersion: facts.dataVersion, environment: facts.environment,
      keep: settings.keepEnvironments.value, now: Date())
  }
}
