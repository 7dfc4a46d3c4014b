import Coordination
import Settings
import Testmon
import Text

/// Is the data of the data version that the installed testmon uses?
struct DataVersionCheck: Check {
  let name = "data-version"
  let group = CheckGroup.data

  func run(in context: CheckContext) -> [Finding] {
    let data = context.data
    guard let facts = try? context.facts.get(), let python = try? context.python.get(),
      let found = try? data.found.get(), !found.isEmpty,
      found.dataVersion != Int64(facts.dataVersion), DataVersion(number: facts.dataVersion) != nil
    else { return [] }
    if case .notTestmons? = data.obstacle?.reason { return [] }
    let number = found.dataVersion
    let made = Int(exactly: number).flatMap(DataVersion.init(number:))
    let isNewer = DataVersion.isNewer(number)
    let maker =
      DataVersion.releases(of: number).map { "made by pytest-testmon \($0)" }
      ?? (isNewer ? "made by a pytest-testmon later than \(Release.newestKnown)" : "of no release that is known")
    let cause =
      "\(data.path) is of data version \(number) (\(maker)), and the installed testmon uses \(facts.dataVersion)"
    let next =
      made.map { python.install("pytest-testmon==\($0.releases.upperBound)") }
      ?? (isNewer
        ? python.install("--upgrade pytest-testmon")
        : "mv \(data.word) \(ShellWord.quote(data.path + ".old"))")
    if isNewer && data.refusesNewer {
      return [
        .failure(
          "\(cause): runs stop, because of the setting \(Settings.stopOnNewer.key); install the testmon that made it, or "
            + "begin anew: mv \(data.word) \(ShellWord.quote(data.path + ".newer"))", next: next)
      ]
    }
    return [
      .warning(
        "\(cause): testmon would delete it; a coordinated run keeps it as \(data.path).v\(number).bak, and runs all tests; to use it, "
          + "install the testmon that made it", next: next)
    ]
  }
}
