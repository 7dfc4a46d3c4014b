/// Is xdist a release that testmon-xdist was tested with?
struct XdistVersionCheck: Check {
  let name = "xdist-version"
  let group = CheckGroup.versions

  func run(in context: CheckContext) -> [Finding] {
    TestedReleases(package: "pytest-xdist", oldest: "1.29", newest: "3.8.0")
      .findings(try? context.python.get().xdist, context)
  }
}
