import Glibc

@testable import Settings

/// A temporary project and home, gone when the test is over.
final class Sandbox {
  let root: String
  /// Extra environment variables.
  var environment: [String: String] = [:]

  init() {
    var template = Array("/tmp/settings-XXXXXX".utf8CString)
    root = mkdtemp(&template).map { String(cString: $0) } ?? "/nonexistent"
    mkdir("\(root)/project", 0o755)
    mkdir("\(root)/home", 0o755)
  }

  deinit { _ = system("chmod -R u+rwx '\(root)'; rm -rf '\(root)'") }

  var project: String { "\(root)/project" }

  /// Writes a file below the sandbox, with the folders that it needs.
  @discardableResult
  func write(_ path: String, _ text: String) -> String { write(path, bytes: Array(text.utf8)) }

  @discardableResult
  func write(_ path: String, bytes: [UInt8]) -> String {
    let full = "\(root)/\(path)"
    var folder = root
    for part in path.split(separator: "/").dropLast() {
      folder += "/\(part)"
      mkdir(folder, 0o755)
    }
    let descriptor = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    defer { close(descriptor) }
    _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    return full
  }

  func load(config: String? = nil, flags: FlagOverrides = FlagOverrides()) throws(SettingsError) -> Settings {
    let home = ["HOME": "\(root)/home"]
    return try Settings.load(
      rootdir: project, configFile: config, environment: home.merging(environment) { _, new in new }, flags: flags)
  }

  /// What is wrong, a line each.
  func problems(config: String? = nil, flags: FlagOverrides = FlagOverrides()) -> [String] {
    do {
      _ = try load(config: config, flags: flags)
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }
}

/// A generator that repeats itself, so that a failure does, too (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
