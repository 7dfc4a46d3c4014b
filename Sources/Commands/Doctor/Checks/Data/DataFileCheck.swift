import CommandLine
import Coordination
import Glibc
import Testmon
import Text

/// Can the data file be used, by the testmon that is installed, and its folder be written?
struct DataFileCheck: Check {
  let name = "data-file"
  let group = CheckGroup.data

  func run(in context: CheckContext) -> [Finding] {
    let path = context.dataFile
    let folder = Path.parent(of: path)
    if access(folder, W_OK) != 0 {
      return [
        .failure(
          "the folder of the data file, \(folder), can't be written: \(String(cString: strerror(errno)))",
          next: "ls -ld \(ShellWord.quote(folder))")
      ]
    }
    let found: Inspection
    do {
      found = try DataFile.inspect(at: path)
    } catch {
      if error.reason == .missing { return [.good("no data file yet: the next run makes it", summary: "no data yet")] }
      return [.failure(error.description)]
    }
    let problems = [version(found, path, context), journal(found, path)].compactMap { $0 }
    let tests = "\(found.tests) tests recorded"
    return problems.isEmpty ? [.good("\(path): data version \(found.dataVersion), \(tests)", summary: tests)] : problems
  }

  private func version(_ found: Inspection, _ path: String, _ context: CheckContext) -> Finding? {
    guard let facts = try? context.facts.get(), found.dataVersion != Int64(facts.dataVersion) else { return nil }
    // testmon fills an empty file.
    if found.dataVersion == 0 && found.environments.isEmpty { return nil }
    return .warning(
      "\(path) has data version \(found.dataVersion), the installed testmon \(facts.dataVersion): "
        + "testmon would delete it; a coordinated run keeps it as \(path).v\(found.dataVersion).bak, and runs all tests",
      next: "install the testmon that made it, if the data is to be used: pip install pytest-testmon==...")
  }

  private func journal(_ found: Inspection, _ path: String) -> Finding? {
    if found.hasContentInWAL {
      return .warning(
        "some data is only in \(path)-wal: a CI cache, or any copy of \(path) alone, doesn't have it",
        next: "testmon-xdist doctor --fix, while no test runs"
      ) {
        try DataFile.fold(at: path)
        return "folded \(path)-wal into \(path)"
      }
    }
    guard found.journalMode != "wal" else { return nil }
    return .warning(
      "\(path) is in journal mode \(found.journalMode), not WAL: uncoordinated workers can't read it while it is written",
      next: "nothing to do: a coordinated run sets WAL mode")
  }
}
