import CommandLine
import Coordination
import FoundationEssentials
import Platform
import Settings
import Testmon

/// Has each environment one row, as testmon expects?
struct DataEnvironmentsCheck: Check {
  let name = "data-environments"
  let group = CheckGroup.data

  func run(in context: CheckContext) -> [Finding] {
    let data = context.data
    guard !data.isInUse, let found = try? data.found.get() else { return [] }
    let rows = Dictionary(grouping: found.environments.filter { $0.parkedSince == nil }, by: \.name)
    let repeated = rows.filter { $1.count > 1 }.keys.sorted()
    // The environment of this Python first: a run, and --fix, mend only that one.
    let mine = (try? context.facts.get())?.environmentName
    guard let name = repeated.first(where: { $0 == mine }) ?? repeated.first else { return [] }
    let repair = repair(name, context)
    return [
      .warning(
        "\(data.path) has \(rows[name]?.count ?? 0) rows of the environment '\(name)', as testmon up to 2.1.3 leaves them when "
          + "packages change: without testmon-xdist, tests that should run may not; a coordinated run puts all but one aside",
        next: repair == nil ? "testmon-xdist controller -- pytest --testmon" : "testmon-xdist doctor --fix",
        repair: repair)
    ]
  }

  /// What a run does, where testmon can be asked which row is the right one.
  private func repair(_ name: String, _ context: CheckContext) -> (() throws -> String)? {
    guard let facts = try? context.facts.get(), let settings = try? context.settings.get(),
      facts.environmentName == name, (try? context.data.found.get())?.dataVersion == Int64(facts.dataVersion)
    else { return nil }
    let path = context.data.path
    return {
      if DataFile.user(of: path) != nil {
        throw CommandFailure(.busy, "\(path) is in use: repeat this when no test runs")
      }
      let copy = try DataFile.keepCopy(of: path)
      _ = try DataFile.prepare(
        at: path, dataVersion: facts.dataVersion, environment: facts.environment,
        keep: settings.keepEnvironments.value, now: Date(timeIntervalSince1970: WallClock.now()),
        refusingNewer: true)
      _ = try DataFile.tidy(at: path)
      return "put the other rows of the environment '\(name)' aside; what was there before is kept as \(copy)"
    }
  }
}
