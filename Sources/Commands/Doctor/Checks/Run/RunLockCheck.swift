import Coordination
import Platform
import Text

/// Is the lock of a run held by the process that it names?
struct RunLockCheck: Check {
  let name = "run-lock"
  let group = CheckGroup.run

  func run(in context: CheckContext) -> [Finding] {
    let run = context.run
    guard run.isLive, let folder = run.used, ProcessIdentity.canBeKnown else { return [] }
    let cause: String
    if let holder = run.holder {
      // nil: of another container, where nothing can be seen.
      guard let isAlive = holder.controller.isAlive, !(isAlive && folder.isHeld(by: holder)),
        // It may have ended just now.
        (try? folder.isLive()) == true, (try? folder.holder()) == holder
      else { return [] }
      cause = "but not by the process that it names (pid \(holder.controller.pid))"
    } else {
      // A run that has just begun says so in a moment.
      guard (try? folder.holder()) == .some(nil) else { return [] }
      cause = "but doesn't say by whom"
    }
    let locks = ["lock", "session"].filter(((try? folder.names()) ?? []).contains).map {
      ShellWord.quote("\(run.path)/\($0)")
    }.joined(separator: " ")
    return [
      .failure(
        "the lock in \(run.path) is held, \(cause): every run waits for it, and stops; find and end who has it",
        next: "fuser -v \(locks)")
    ]
  }
}
