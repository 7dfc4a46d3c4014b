import FoundationEssentials
import Testing

/// The checkout that these tests were built from.
enum Repository {
  private static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

  static func path(_ name: String) -> String { "\(root)/\(name)" }

  static func text(_ path: String) throws -> String {
    try String(contentsOfFile: Self.path(path), encoding: .utf8)
  }

  /// The texts below Sources/ whose names end so, by their paths there.
  static func sources(ending suffix: String) throws -> [String: String] {
    var texts: [String: String] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: "\(root)/Sources") where path.hasSuffix(suffix) {
      texts[path] = try text("Sources/\(path)")
    }
    return texts
  }

  /// README.md and what is in docs/, by their paths.
  static func documents() throws -> [String: String] {
    var texts = ["README.md": try text("README.md")]
    for name in try FileManager.default.contentsOfDirectory(atPath: "\(root)/docs") where name.hasSuffix(".md") {
      texts["docs/\(name)"] = try text("docs/\(name)")
    }
    return texts
  }
}
