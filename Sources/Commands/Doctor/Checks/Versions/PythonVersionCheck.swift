import Testmon

/// Is the Python one that the plugin works with?
struct PythonVersionCheck: Check {
  let name = "python-version"
  let group = CheckGroup.versions

  private static let oldest = Release("3.7")
  private static let newestTested = Release("3.15")

  static func isTooOld(_ python: CheckContext.Python) -> Bool { Release(python.version) < oldest }

  func run(in context: CheckContext) -> [Finding] {
    guard let python = try? context.python.get() else { return [] }
    if Self.isTooOld(python) {
      return [
        .failure(
          "\(python.executable) is Python \(python.version), older than what testmon-xdist works with (3.7 and later)",
          next: "testmon-xdist doctor --python PATH")
      ]
    }
    let tested = Release(python.version).isWithin(Self.newestTested, parts: 2)
    return [
      .good(
        "Python \(python.version)" + (tested ? "" : ", newer than what testmon-xdist was tested with (up to 3.15)"),
        summary: "Python \(python.version)")
    ]
  }
}
