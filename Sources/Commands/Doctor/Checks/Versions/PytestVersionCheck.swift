/// Is pytest a release that testmon-xdist was tested with?
struct PytestVersionCheck: Check {
  let name = "pytest-version"
  let group = CheckGroup.versions

  func run(in context: CheckContext) -> [Finding] {
    TestedReleases(package: "pytest", oldest: "5.4", newest: "9.2.0")
      .findings(try? context.python.get().pytest, context)
  }
}
