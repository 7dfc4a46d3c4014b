import CommandLine
import FoundationEssentials
import Glibc
import Platform
import PytestPlugin
import Variables

/// Where the embedded plugin lies for a wrapped command: outside the rootdir, or testmon would take it for a
/// dependency of the tests.
struct PluginFolder {
  let path: String
  private let isTemporary: Bool

  /// Puts the plugin into the user's cache, where every later run finds it (and Python its compiled form), or, where
  /// that can't be written or lies inside the rootdir, into a temporary folder.
  init(outside rootdir: String, environment: [String: String]) throws {
    let caches = [environment["XDG_CACHE_HOME"], environment["HOME"].map { "\($0)/.cache" }]
    for cache in caches.compactMap({ $0 }) where Self.isFit(cache, rootdir) {
      let ours = "\(cache)/testmon-xdist"
      let path = "\(ours)/plugin-\(Self.fingerprint)"
      if (try? Self.makeTrusted([cache, ours, path])) != nil, (try? Self.fill(path)) != nil {
        self.init(path: path, isTemporary: false)
        return
      }
    }
    for place in [environment["TMPDIR"], "/tmp", "/var/tmp", "/dev/shm"].compactMap({ $0 })
    where Self.isFit(place, rootdir) {
      var template = Array("\(place)/testmon-xdist-XXXXXX".utf8CString)
      // In a sandbox root's own folders may seem to be nobody's: whose they are can't count in the last resort.
      if case .writableByOthers = Trust.problem(with: place)?.reason { continue }
      guard mkdtemp(&template) != nil else { continue }
      let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
      try Self.fill(path)
      self.init(path: path, isTemporary: true)
      return
    }
    throw CommandFailure(
      .coordination, "no folder outside \(rootdir) can be written for the pytest plugin; name one in TMPDIR")
  }

  private init(path: String, isTemporary: Bool) {
    self.path = path
    self.isTemporary = isTemporary
  }

  /// Removes what nobody would find again.
  func remove() {
    if isTemporary { try? FileManager.default.removeItem(atPath: path) }
  }

  /// The variables by which a Python below loads the plugin and finds us.
  func variables(environment: [String: String]) -> [String: String?] {
    func prepend(_ entry: String, _ name: String, _ separator: String) -> String {
      let before = environment[name] ?? ""
      return before.isEmpty ? entry : entry + separator + before
    }
    return [
      "PYTHONPATH": prepend(path, "PYTHONPATH", ":"),
      // tox passes on only what it is told to.
      "TOX_OVERRIDE": prepend("testenv.pass_env+=PYTHONPATH,\(EnvironmentVariable.prefix)*", "TOX_OVERRIDE", ";"),
      EnvironmentVariable.pluginPath.rawValue: path,
      EnvironmentVariable.executable.rawValue: CurrentProcess.executable,
    ]
  }

  /// The names of the variables that the user knows by these names, too, but hasn't set, with those of an outer command:
  /// what the plugin must take away from what the tests start.
  static func added(_ names: [String], to environment: [String: String]) -> String? {
    let outer = environment[.added].map { [$0] } ?? []
    let all = outer + names.filter { environment[$0] == nil }
    return all.isEmpty ? nil : all.joined(separator: " ")
  }

  /// FNV-1a of what is put there: two builds of one version don't take turns in overwriting each other's plugin.
  private static var fingerprint: String {
    let bytes = PytestPlugin.source + Array((PytestPlugin.wrapperMetadata + PytestPlugin.wrapperEntryPoints).utf8)
    let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return String(hash, radix: 16)
  }

  private static func makeTrusted(_ folders: [String]) throws {
    for folder in folders {
      try Directory.make(folder, mode: 0o700)
      // What others may write to must not be run, nor what they may put in its place.
      if let problem = Trust.problem(with: folder) { throw problem }
    }
  }

  private static func fill(_ path: String) throws {
    let folder = try Directory.open(path)
    try put(PytestPlugin.source, "\(PytestPlugin.module).py", in: folder)
    // By its entry point pytest finds the plugin where the folder is on sys.path, and only there: a command that sets
    // PYTHONPATH anew runs without us, rather than not at all.
    let metadata = "\(path)/\(PytestPlugin.wrapperDistribution)-0.0.0.dist-info"
    try Directory.make(metadata, mode: 0o700)
    let information = try Directory.open(metadata)
    try put(Array(PytestPlugin.wrapperEntryPoints.utf8), "entry_points.txt", in: information)
    try put(Array(PytestPlugin.wrapperMetadata.utf8), "METADATA", in: information)
  }

  private static func put(_ bytes: [UInt8], _ name: String, in folder: Directory) throws {
    if try folder.read(name) != bytes { try folder.write(bytes, to: name) }
  }

  /// Whether it is a path outside the rootdir that PYTHONPATH can hold, in which a colon parts two.
  private static func isFit(_ path: String, _ rootdir: String) -> Bool {
    let isInside = rootdir == "/" || path == rootdir || path.hasPrefix(rootdir + "/")
    return path.hasPrefix("/") && !path.contains(":") && !isInside
  }
}
