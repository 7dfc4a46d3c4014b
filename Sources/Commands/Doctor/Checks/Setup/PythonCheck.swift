import Text

/// Is there a Python, and does it start?
struct PythonCheck: Check {
  let name = "python"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    let own = "\(context.project.rootdir)/.venv/bin/python"
    switch context.python {
    case .failure(let failure): return [.failure(failure.message, next: "testmon-xdist doctor --python PATH")]
    case .success(let python):
      let passedOver = context.passedOver.map {
        Finding.warning($0.message, next: "testmon-xdist doctor --python \(ShellWord.quote(own))")
      }
      let found = Finding.good("\(python.executable): Python \(python.version)", summary: python.executable)
      return [passedOver, found].compactMap { $0 }
    }
  }
}
