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
    return [
      .failure(
        "`pytest` is \(command.path), which runs in \(interpreter); doctor has looked at \(python.executable), which is the "
          + "Python that is active. If the other is meant: testmon-xdist doctor --python PATH",
        next: access(activate, R_OK) == 0
          ? ". \(ShellWord.quote(activate))" : "\(ShellWord.quote(python.executable)) -m pytest --testmon -n 4")
    ]
  }
}
