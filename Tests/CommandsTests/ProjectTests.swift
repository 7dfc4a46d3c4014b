import CommandLine
import Glibc
import Platform
import Testing

@testable import Commands

@Suite struct ProjectTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func find(
    _ current: String, given: String? = nil, _ environment: [String: String] = [:]
  ) throws -> Project {
    try Project.find(given: given, from: "\(folder.path)\(current)", environment: environment)
  }

  /// Whoever unsets a variable may leave it empty.
  @Test func anEmptyVariableIsNoActiveEnvironment() {
    let variables = ["VIRTUAL_ENV": "", "CONDA_PREFIX": "", "PATH": "/nowhere"]
    let found = PythonEnvironment.candidates(explicit: nil, rootdir: folder.path, environment: variables)
    #expect(found.map(\.path) == [])
    let active = ["VIRTUAL_ENV": "/usr", "PATH": "/nowhere"]
    #expect(PythonEnvironment.activeFolders(active) == ["/usr"])
  }

  /// What pytest itself finds, for the same folders.
  @Test func pytestFindsTheSame() throws {
    try folder.makeFolder("nothing/below")
    try folder.write("ini/pytest.ini")
    try folder.write("ini/sub/deep/setup.py")
    try folder.write("pyproject/pyproject.toml", "[tool.pytest.ini_options]\ncache_dir = \"cache\"\n")
    try folder.makeFolder("pyproject/sub")
    try folder.write("marker/pyproject.toml", "[tool.other]\n")
    try folder.write("marker/sub/setup.py")
    try folder.write("setup/setup.py")
    try folder.makeFolder("setup/sub")
    try folder.write("tox/tox.ini", "[tox]\n")
    try folder.write("tox/setup.cfg", "[tool:pytest]\ncache_dir = a/$NAME/${NAME}x/$UNSET/${UNSET}\n")
    try folder.write("home/pytest.ini", "[pytest]\ncache_dir = ~/cache\n")
    try folder.write("absolute/pytest.ini", "[pytest]\ncache_dir: /var/tmp/cache\n")
    try folder.write("lines/pytest.ini", "[pytest]\naddopts =\n  -q\n  cache_dir=other\ncache_dir = c=d:e\n")
    try folder.write("linked/shared.ini", "[pytest]\ncache_dir = cache\n")
    try folder.link("linked/pytest.ini", to: "shared.ini")
    try folder.link("link", to: "pyproject")
    let currents = [
      "/nothing/below", "/ini", "/ini/sub/deep", "/pyproject/sub", "/marker", "/marker/sub", "/setup/sub", "/tox",
      "/home", "/absolute", "/lines", "/linked",
    ]
    let environment = ["HOME": "\(folder.path)/home", "NAME": "name"]
    let expected = try PytestOracle(environment).ask(
      currents.map { ("\(folder.path)\($0)", nil) } + [("\(folder.path)/link", "\(folder.path)/link")])
    let found =
      try currents.map { try find($0, environment) } + [find("/ini", given: "../link", environment)]
    #expect(expected.count == found.count)
    for (project, pytests) in zip(found, expected) {
      #expect(project.rootdir == pytests.rootdir)
      #expect(project.cacheFolder == pytests.cacheFolder, "in \(project.rootdir)")
    }
  }

  @Test func aGivenRootdirIsTakenAsItIs() throws {
    try folder.write("pytest.ini", "[pytest]\ncache_dir = other\n")
    try folder.write("given/sub/pytest.ini")
    #expect(try find("", given: "given/./sub/..").rootdir == "\(folder.path)/given")
    #expect(try find("/given/sub", given: "..").rootdir == "\(folder.path)/given")
    #expect(try find("/given", given: folder.path).cacheFolder == "\(folder.path)/other")
    #expect(try find("", given: "given").cacheFolder == "\(folder.path)/given/.pytest_cache")
  }

  @Test(arguments: ["none", "file", "", "file/sub"])
  func aGivenRootdirThatIsNoFolder(_ name: String) throws {
    try folder.write("file")
    let error = #expect(throws: CommandFailure.self) { try find("/none", given: name) }
    #expect(error?.status == .usage)
    #expect(error?.message.hasPrefix("--rootdir: '\(name)' is not a folder; ") == true)
  }

  /// Variables at the edges of the text: to look one character too far once was a trap.
  @Test func pytestReadsTheCachesNameTheSame() throws {
    let texts = [
      "$", "a$", "${", "${}", "a${}b", "${NAME", "$NAME", "$$NAME", "${NAME}", "x${NAME}y", "$NAME-$NAME", "$UNSET",
      "~",
      "~/x", "x~", "$HOME/x", "$ä", "${ä}", "$NAMEä", "%NAME%",
    ]
    for (index, text) in texts.enumerated() {
      try folder.write("\(index)/pytest.ini", "[pytest]\ncache_dir = \(text)\n")
    }
    let environment = ["HOME": "\(folder.path)/home", "NAME": "name"]
    let expected = try PytestOracle(environment).ask(texts.indices.map { ("\(folder.path)/\($0)", nil) })
    #expect(expected.count == texts.count)
    for (index, pytests) in expected.enumerated() {
      #expect(try find("/\(index)", environment).cacheFolder == pytests.cacheFolder, "for \(texts[index])")
    }
  }

  @Test func theHistoryLiesInTheCache() throws {
    #expect(try find("").historyFolder == "\(folder.path)/.pytest_cache/d/testmon-xdist")
  }
}
