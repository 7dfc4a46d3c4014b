import Glibc
import Testing

@testable import Commands

/// What a file that configures pytest says, as far as we read it.
@Suite struct PytestConfigurationTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func first() -> PytestConfiguration? { PytestConfiguration.first(in: folder.path) }

  private func cacheFolder(_ name: String, _ text: String) throws -> String? {
    try folder.write(name, text)
    return first()?.cacheFolder
  }

  @Test(arguments: [
    ("pytest.ini", "[pytest]\ncache_dir = cache\n"),
    ("pytest.ini", "[pytest]\r\ncache_dir: cache\r\n"),
    (".pytest.ini", "[pytest]\ncache_dir=cache"),
    ("tox.ini", "[tox]\ncache_dir = other\n[pytest]\n\ncache_dir =\tcache  \n[testenv]\ncache_dir = other\n"),
    ("setup.cfg", "[pytest]\ncache_dir = other\n[tool:pytest]\ncache_dir = cache\n"),
    ("pyproject.toml", "[tool.pytest.ini_options]\ncache_dir = 'cache'  # a comment\n"),
    ("pyproject.toml", "[tool.pytest]\n  cache_dir = \"cache\"\n"),
    ("pytest.toml", "[pytest]\ncache_dir = \"cache\"\n"),
    (".pytest.toml", "[pytest]\ncache_dir = \"cache\"\n"),
  ])
  func whereEachFormatNamesTheCache(_ name: String, _ text: String) throws {
    #expect(try cacheFolder(name, text) == "cache")
  }

  /// Each of these is read to its end, without a trap, and names no cache.
  @Test(arguments: [
    "", "[", "[pytest", "[pytest]", "[pytest]\n=", "[pytest]\n:", "[pytest]\ncache_dir", "[pytest]\ncache_dir=",
    "[pytest]\ncache_dir =   ", "[pytest]\n# cache_dir = cache", "[pytest]\ncache_dirs = cache", "cache_dir = cache",
    "\u{FEFF}", "\0", "[pytest]\n\0=\0", "[pytest]\naddopts =\n  cache_dir = cache\n",
  ])
  func anIniFileThatNamesNoCache(_ text: String) throws {
    try folder.write("pytest.ini", text)
    let found = try #require(first())
    #expect(found.cacheFolder == nil)
  }

  @Test(arguments: [
    "cache_dir = cache", "cache_dir = \"\"", "cache_dir = \"", "cache_dir = '", "cache_dir = [\"cache\"]",
  ])
  func aTOMLValueThatIsNoText(_ line: String) throws {
    let name = try cacheFolder("pytest.toml", "[pytest]\n\(line)\n")
    #expect(name == nil && first() != nil)
  }

  @Test func bytesThatAreNoText() throws {
    try folder.write("pytest.ini")
    let file = try #require(fopen("\(folder.path)/pytest.ini", "w"))
    let bytes: [UInt8] = Array("[pytest]\n".utf8) + [0xFF, 0xFE, 0xC3, 0x28] + Array("\ncache_dir = cache\n".utf8)
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    #expect(first()?.cacheFolder == "cache")
  }

  @Test func aFileForOthersDoesNotCount() throws {
    for (name, text) in [
      ("pyproject.toml", "[tool.other]\n"), ("tox.ini", "[tox]\n"), ("setup.cfg", "[metadata]\n[pytest]\n"),
    ] { try folder.write(name, text) }
    #expect(first() == nil)
    try folder.write("setup.cfg", "[tool:pytest]\n")
    #expect(first() != nil)
  }

  @Test func theFirstInPytestsOrderCounts() throws {
    for (name, section) in [
      ("setup.cfg", "[tool:pytest]"), ("tox.ini", "[pytest]"), ("pyproject.toml", "[tool.pytest.ini_options]"),
      (".pytest.ini", "[pytest]"), ("pytest.ini", "[pytest]"), (".pytest.toml", "[pytest]"),
      ("pytest.toml", "[pytest]"),
    ] {
      try folder.write(name, "\(section)\ncache_dir = \"\(name)\"\n")
      #expect(first()?.cacheFolder?.filter { $0 != "\"" } == name)
    }
  }

  /// A FIFO would make us wait for a writer.
  @Test func whatIsNoFileIsPassedOver() throws {
    mkfifo("\(folder.path)/pytest.ini", 0o600)
    try folder.makeFolder("tox.ini")
    try folder.write("setup.cfg", "[tool:pytest]\ncache_dir = cache\n")
    #expect(first()?.cacheFolder == "cache")
  }

  @Test func aFolderThatIsNotThere() {
    #expect(PytestConfiguration.first(in: "\(folder.path)/none") == nil)
  }

  /// pytest follows links, both to the rootdir and to its file.
  @Test func linksAreFollowed() throws {
    try folder.write("project/shared.ini", "[pytest]\ncache_dir = cache\n")
    try folder.link("project/pytest.ini", to: "shared.ini")
    try folder.link("link", to: "project")
    #expect(PytestConfiguration.first(in: "\(folder.path)/project")?.cacheFolder == "cache")
    #expect(PytestConfiguration.first(in: "\(folder.path)/link")?.cacheFolder == "cache")
  }
}
