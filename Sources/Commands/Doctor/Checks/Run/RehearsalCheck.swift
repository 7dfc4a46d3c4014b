import Coordination
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
      let path = context.dataFile
      guard try RunFolder.rehearse(in: context.project.rootdir) else {
        return [.good("a run is live: the next one waits for it")]
      }
      guard let facts = try? context.facts.get(),
        let row = try DataFile.rehearse(at: path, environment: facts.environment)
      else { return [.good("a run could begin now")] }
      let tests = "\(row.tests) tests are recorded for this Python and these packages"
      return [
        .good(
          "a run could begin now: " + (row.isThere ? tests : "all tests would run, as the first in this environment"))
      ]
    } catch {
      let failure = CommandFailure(error)
      return [.failure("a run couldn't begin now: \(failure.message)", next: "testmon-xdist status")]
    }
  }
}
