import Text

/// Is the project's virtual environment the one that a shell's `pytest` runs in?
struct VirtualEnvironmentCheck: Check {
  let name = "virtual-environment"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    let own = "\(context.project.rootdir)/.venv"
    guard let python = try? context.python.get(), context.explicitPython == nil, python.executable.hasPrefix("\(own)/")
    else { return [] }
    let command = PytestCommand(path: context.environment["PATH"] ?? "")
    if let command, command.isOf(python) { return [.good("pytest in PATH is the virtual environment's own")] }
    let found = command.map { "\($0.path) of another Python" } ?? "none"
    return [
      .warning(
        "the virtual environment \(own) isn't active: doctor has looked at it, but as `pytest` this shell finds \(found)",
        next: ". \(ShellWord.quote("\(own)/bin/activate"))")
    ]
  }
}
