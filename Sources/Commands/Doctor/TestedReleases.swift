import Testmon

/// The releases of a package that testmon-xdist was tested with: docs/compatibility.md.
struct TestedReleases {
  let package: String
  let oldest: String
  let newest: String

  func findings(_ installed: String?, _ context: CheckContext) -> [Finding] {
    guard let installed, let python = try? context.python.get() else { return [] }
    if Release(installed) < Release(oldest) {
      return [
        .failure(
          "\(package) \(installed) is older than what testmon-xdist works with (\(oldest) and later)",
          next: python.install("--upgrade '\(package)>=\(oldest)'"))
      ]
    }
    if !Release(installed).isWithin(Release(newest), parts: 1) {
      let next = (Int(newest.prefix { $0 != "." }) ?? 0) + 1
      return [
        .warning(
          "\(package) \(installed) is newer than what testmon-xdist \(version) was tested with (up to \(newest))",
          next: python.install("'\(package)<\(next)'"))
      ]
    }
    return [.good("\(package) \(installed)", summary: "\(package) \(installed)")]
  }
}
