import FoundationEssentials
import Glibc
import Platform
import Testing

/// What the pytest plugin says: `plugin_messages.py` provokes it.
struct PluginSamples: Decodable {
  struct Message: Decodable {
    let text: String
    let place: String
    let next: String
  }

  let messages: [Message]
  /// Texts of its sources that none of them has.
  let unseen: [String]

  static func load() throws -> PluginSamples {
    let python = try Provocation.value("TESTMON_XDIST_TEST_VENVS") + "/testmon-2.2.0/bin/python"
    let (output, outputEnd) = try FileDescriptor.pipe()
    let process = try ChildProcess(
      .arguments([python, "-B", Repository.path("Tests/tools/plugin_messages.py")]), descriptors: [1: outputEnd])
    outputEnd.close()
    let bytes = try output.readAll(limit: 1 << 20)
    try #require(process.wait() == .exited(0))
    return try JSONDecoder().decode(PluginSamples.self, from: Data(bytes))
  }
}
