import Text

/// Are pytest, pytest-testmon and pytest-xdist installed?
struct PackagesCheck: Check {
  let name = "packages"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    guard let python = try? context.python.get(), !PythonVersionCheck.isTooOld(python) else { return [] }
    let wanted = [("pytest", python.pytest), ("pytest-testmon", python.testmon), ("pytest-xdist", python.xdist)]
    let missing = wanted.filter { $0.1 == nil }.map(\.0)
    if missing.isEmpty { return [.good("pytest, pytest-testmon and pytest-xdist are installed")] }
    let message = "\(python.executable) (Python \(python.version)) has no \(missing.joined(separator: ", no "))"
    if context.explicitPython == nil, let command = PytestCommand(path: context.environment["PATH"] ?? ""),
      let interpreter = command.interpreter, !command.isOf(python)
    {
      return [
        .failure(
          "\(message); `pytest` is \(command.path), which runs in another Python",
          next: "testmon-xdist doctor --python \(ShellWord.quote(interpreter))")
      ]
    }
    return [
      .failure(
        "\(message); if pytest runs in another Python, name that: testmon-xdist doctor --python PATH",
        next: python.install(missing.joined(separator: " ")))
    ]
  }
}
