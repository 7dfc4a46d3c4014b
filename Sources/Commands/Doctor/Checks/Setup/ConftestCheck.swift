import Glibc
import Text

/// Can the project's conftest.py be imported?
struct ConftestCheck: Check {
  let name = "conftest"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    guard let interview = try? context.interview.get() else { return [] }
    guard let refusal = Refusal(interview.errors), let path = refusal.conftest else {
      return interview.rehearsal?.rootdir == nil ? [] : [.good("pytest imports every conftest.py that it starts with")]
    }
    if let module = moduleOfProject(refusal.message, in: context.project.rootdir) {
      return [
        .warning(
          "'pytest' alone can't import \(context.shortened(path)), which needs \(module): that lies in the project's folder, "
            + "where only 'python -m pytest' looks, or pytest with 'pythonpath = .' in its ini file",
          next: (try? context.python.get()).map { "\(ShellWord.quote($0.executable)) -m pytest --testmon -n 4" }
            ?? "python -m pytest --testmon -n 4")
      ]
    }
    return [
      .failure(
        "pytest refuses to start: \(context.shortened(path)) can't be imported: \(refusal.message)",
        next: "correct \(context.shortened(path)), or install what it needs")
    ]
  }

  /// What is missing, if the project's own folder has it.
  private func moduleOfProject(_ message: String, in rootdir: String) -> String? {
    let parts = message.split(separator: "'", omittingEmptySubsequences: false)
    guard let before = parts.firstIndex(where: { $0.hasSuffix("No module named ") }), before + 1 < parts.count else {
      return nil
    }
    let module = parts[before + 1].prefix { $0 != "." }
    let place = "\(rootdir)/\(module)"
    let isThere =
      !module.isEmpty && !module.contains("/") && (access("\(place)/.", F_OK) == 0 || access("\(place).py", F_OK) == 0)
    return isThere ? String(module) : nil
  }
}
