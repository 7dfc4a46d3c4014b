import FoundationEssentials
import Testing

/// The plugin is the same whichever way it comes: as a file of the repository, from the wheel, out of the executable.
@Suite struct PluginFilesTests {
  private let project: Project
  private let sources: String

  init() throws {
    project = try Project()
    sources = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/Sources/PytestPlugin"
  }

  /// The plugin's modules below a folder, by path, with their text.
  private func modules(in folder: String) throws -> [String: String] {
    let package = try project.names("\(folder)/testmon_xdist").filter { $0.hasSuffix(".py") }
    let paths = package.map { "testmon_xdist/\($0)" } + ["testmon_xdist_plugin.py"]
    return Dictionary(
      uniqueKeysWithValues: try paths.map {
        ($0, String(decoding: try project.bytes("\(folder)/\($0)"), as: UTF8.self))
      })
  }

  @Test func theExecutableHasAllOfThem() throws {
    let copied = try project.testmonXdist("controller", "--", "sh", "-c", #"cp -r "$TESTMON_XDIST_PLUGIN_PATH" copy"#)
    #expect(copied.status == 0, "\(copied)")
    #expect(try modules(in: "copy") == modules(in: sources))
  }

  @Test func theWheelHasAllOfThem() throws {
    try project.installPlugin()
    let folder = try #require(project.pythonPath.first { project.exists("\($0)/testmon_xdist") })
    #expect(try modules(in: folder) == modules(in: sources))
  }

  @Test func eachIsShort() throws {
    let modules = try modules(in: sources)
    #expect(modules.count > 15)
    for (path, text) in modules {
      #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 201, "\(path) is over 200 lines")
    }
  }
}
