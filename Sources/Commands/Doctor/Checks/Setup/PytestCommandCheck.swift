import Glibc
import Text

/// Does a shell's `pytest` run in the Python that is active?
struct PytestCommandCheck: Check {
  let name = "pytest-command"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    guard let python = try? context.python.get(), python.pytest != nil, context.explicitPython == nil,
      !python.executable.hasPrefix("\(context.project.rootdir)/.venv/"),
      let command = PytestCommand(path: context.environment["PATH"] ?? "")
    else { return [] }
    if command.isOf(python) { return [.good("\(command.path) runs in \(python.executable)")] }
    let activate = "\(python.prefix)/bin/activate"
    let interpreter = command.interpreter ?? "another Python"
    let isActive = !PythonEnvironment.activeFolders(context.environment).isEmpty
    return [
      Finding(
        verdict: isActive ? .failure : .warning,
        message:
          "`pytest` is \(command.path), which runs in \(interpreter); doctor has looked at \(python.executable), the Python "
          + "that \(isActive ? "is active" : "comes first in PATH"). If the other is meant: testmon-xdist doctor --python PATH",
        next: access(activate, R_OK) == 0
          ? ". \(ShellWord.quote(activate))" : "\(ShellWord.quote(python.executable)) -m pytest --testmon -n 4")
    ]
  }
}
