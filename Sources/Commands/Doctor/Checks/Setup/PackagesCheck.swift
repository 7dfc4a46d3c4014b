/// Are pytest, pytest-testmon and pytest-xdist installed?
struct PackagesCheck: Check {
  let name = "packages"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    guard let python = try? context.python.get(), !PythonVersionCheck.isTooOld(python) else { return [] }
    let wanted = [("pytest", python.pytest), ("pytest-testmon", python.testmon), ("pytest-xdist", python.xdist)]
    let missing = wanted.filter { $0.1 == nil }.map(\.0)
    if missing.isEmpty { return [.good("pytest, pytest-testmon and pytest-xdist are installed")] }
    return [
      .failure(
        "\(python.executable) (Python \(python.version)) has no \(missing.joined(separator: ", no ")); "
          + "if pytest runs in another Python, name that: testmon-xdist doctor --python PATH",
        next: python.install(missing.joined(separator: " ")))
    ]
  }
}
