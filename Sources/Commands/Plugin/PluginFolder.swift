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
  /// As long as it is there, nobody prunes the folder.
  private var use: FolderUse?

  /// Puts the plugin into the user's cache, where every later run finds it (and Python its compiled form), or, where
  /// that can't be written or lies inside the rootdir, into a temporary folder.
  /// - Parameter rootdir: nil where no test runs with it.
  init(outside rootdir: String?, environment: [String: String]) throws {
    let caches = [environment["XDG_CACHE_HOME"], environment["HOME"].map { "\($0)/.cache" }]
    for cache in caches.compactMap({ $0 }) where Self.isFit(cache, rootdir) {
      let ours = "\(cache)/testmon-xdist"
      let path = "\(ours)/plugin-\(Self.fingerprint)"
      guard (try? Self.makeTrusted([cache, ours, path])) != nil else { continue }
      var use = FolderUse.begin(path)
      // It may have been pruned in between.
      if use == nil, (try? Self.makeTrusted([path])) != nil { use = FolderUse.begin(path) }
      guard let isNew = try? Self.fill(path) else { continue }
      self.init(path: path, isTemporary: false)
      self.use = use
      if isNew { Self.prune(ours, besides: path) }
      return
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
      .coordination,
      "no folder\(rootdir.map { " outside \($0)" } ?? "") can be written for the pytest plugin; name one "
        + "that you can write: export TMPDIR=FOLDER")
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

  /// Of variables that users may set, too: the names of those that we set and the user didn't, plus an outer command's.
  /// The plugin unsets them for what the tests start.
  static func added(_ names: [String], to environment: [String: String]) -> String? {
    let outer = environment[.added].map { [$0] } ?? []
    let all = outer + names.filter { environment[$0] == nil }
    return all.isEmpty ? nil : all.joined(separator: " ")
  }

  private static let files = PytestPlugin.files(release: version)

  /// FNV-1a of what is put there: two builds of one version don't take turns in overwriting each other's plugin.
  private static let fingerprint: String = {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in files.lazy.flatMap({ Array("\($0.folder)/\($0.name)".utf8) + $0.bytes }) {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    return String(hash, radix: 16)
  }()

  private static func makeTrusted(_ folders: [String]) throws {
    for folder in folders {
      try Directory.make(folder, mode: 0o700)
      // What others may write to must not be run, nor what they may put in its place.
      if let problem = Trust.problem(with: folder) { throw problem }
    }
  }

  /// - Returns: whether anything wasn't there yet.
  @discardableResult
  private static func fill(_ path: String) throws -> Bool {
    var isNew = false
    for (folder, files) in Dictionary(grouping: files, by: \.folder) {
      let place = folder.isEmpty ? path : "\(path)/\(folder)"
      try Directory.make(place, mode: 0o700)
      let directory = try Directory.open(place)
      for file in files where try directory.read(file.name) != file.bytes {
        try directory.write(file.bytes, to: file.name)
        isNew = true
      }
    }
    return isNew
  }

  /// Whether the path is absolute, outside the rootdir, and without a colon, which is PYTHONPATH's separator.
  private static func isFit(_ path: String, _ rootdir: String?) -> Bool {
    guard path.hasPrefix("/"), !path.contains(":") else { return false }
    guard let rootdir else { return true }
    return rootdir != "/" && path != rootdir && !path.hasPrefix(rootdir + "/")
  }
}
