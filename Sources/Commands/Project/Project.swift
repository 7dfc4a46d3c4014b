import CommandLine
import Glibc
import Platform
import Variables

/// A project as pytest sees it: its rootdir, and what its configuration says of the cache.
///
/// The search follows pytest's own (https://docs.pytest.org/en/stable/reference/customize.html, "Finding the rootdir")
/// for a call without arguments.
struct Project {
  /// Absolute.
  let rootdir: String
  /// Absolute; pytest's `cache_dir`.
  let cacheFolder: String
  /// testmon's data file, absolute, as far as it can be told without asking testmon.
  let dataFile: String

  var historyFolder: String { "\(cacheFolder)/d/testmon-xdist" }

  /// - Parameter given: `--rootdir`, if any. The project is then as pytest finds it when it is started there.
  /// - Throws: `usage` where that is no folder.
  static func find(given: String?, from current: String, environment: [String: String]) throws(CommandFailure)
    -> Project
  {
    guard let given else {
      let (rootdir, configuration) = search(from: current)
      return Project(rootdir: rootdir, configuration: configuration, environment: environment)
    }
    let rootdir = Path.absolute(given, in: current)
    var status = stat()
    guard stat(rootdir, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw CommandFailure(
        .usage, "--rootdir: '\(given)' is not a folder; name the one that pytest reports as its rootdir")
    }
    return Project(rootdir: rootdir, configuration: PytestConfiguration.first(in: rootdir), environment: environment)
  }

  private init(rootdir: String, configuration: PytestConfiguration?, environment: [String: String]) {
    self.rootdir = rootdir
    let setting = configuration?.cacheFolder ?? ".pytest_cache"
    cacheFolder = Path.absolute(Path.expanded(setting, environment), in: rootdir)
    dataFile = Path.absolute(environment[.dataFile] ?? ".testmondata", in: rootdir)
  }

  private static func search(from current: String) -> (String, PytestConfiguration?) {
    let folders = Array(sequence(first: current) { $0 == "/" ? nil : Path.parent(of: $0) })
    for folder in folders {
      if let configuration = PytestConfiguration.first(in: folder) { return (folder, configuration) }
    }
    for marker in ["pyproject.toml", "setup.py"] {
      if let folder = folders.first(where: { access("\($0)/\(marker)", F_OK) == 0 }) { return (folder, nil) }
    }
    return (current, nil)
  }
}
