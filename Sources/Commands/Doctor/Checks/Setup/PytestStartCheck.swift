import Glibc
import Platform
import Text

/// Does pytest get as far as its configuration, whatever else might keep it from that?
struct PytestStartCheck: Check {
  let name = "pytest-start"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    guard let interview = try? context.interview.get(), interview.python.pytest != nil,
      !PythonVersionCheck.isTooOld(interview.python)
    else { return [] }
    if interview.rehearsal?.rootdir != nil && interview.rehearsal?.crash == nil { return [.good("pytest starts")] }
    let refusal = Refusal(interview.errors)
    // Told already.
    if refusal?.conftest != nil || refusal?.unknownArguments != nil || !interview.python.damaged.isEmpty { return [] }
    let next = "\(ShellWord.quote(interview.python.executable)) -m pytest --testmon --collect-only"
    guard let rehearsal = interview.rehearsal else {
      let what =
        switch interview.end {
        case .signaled(SIGKILL):
          "it hasn't read its configuration after \(TimeText.seconds(PythonEnvironment.patience))"
        case .signaled(let signal): "signal \(signal) ends it while it reads its configuration"
        case .exited(let status): "something that it loads ends the process, with status \(status)"
        }
      return [.failure("pytest doesn't start: \(what)", next: next)]
    }
    if let crash = rehearsal.crash {
      return [.failure("pytest doesn't start: \(crash.error)\(crash.place.map { " (\($0))" } ?? "")", next: next)]
    }
    return [.failure("pytest refuses to start: \(refusal?.message ?? "status \(rehearsal.status ?? 0)")", next: next)]
  }
}
