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

  /// - Parameter given: `--rootdir`.
  static func find(given: String?, from current: String, environment: [String: String]) throws(Failure) -> Project {
    guard let given else {
      let (rootdir, configuration) = search(from: current)
      return Project(rootdir: rootdir, configuration: configuration, environment: environment)
    }
    let rootdir = absolute(given, in: current)
    var status = stat()
    guard stat(rootdir, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw Failure(.usage, "--rootdir: '\(given)' is not a folder")
    }
    return Project(rootdir: rootdir, configuration: PytestConfiguration.first(in: rootdir), environment: environment)
  }

  private init(rootdir: String, configuration: PytestConfiguration?, environment: [String: String]) {
    self.rootdir = rootdir
    let setting = configuration?.cacheFolder ?? ".pytest_cache"
    let isBelowHome = setting == "~" || setting.hasPrefix("~/")
    let path = isBelowHome ? (environment["HOME"] ?? "") + setting.dropFirst() : setting
    cacheFolder = absolute(Self.expand(path, environment), in: rootdir)
    dataFile = absolute(environment[.dataFile] ?? ".testmondata", in: rootdir)
  }

  /// Puts variables in as Python's `os.path.expandvars` does, and so pytest: what isn't set, or isn't closed, stays as
  /// it is.
  private static func expand(_ text: String, _ environment: [String: String]) -> String {
    var result = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      let name: Substring
      var end: Substring.Index
      let after = rest[dollar...].dropFirst()
      if after.first == "{" {
        name = after.dropFirst().prefix { $0 != "}" }
        end = name.endIndex
        if end < rest.endIndex { rest.formIndex(after: &end) }
      } else {
        name = after.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        end = name.endIndex
      }
      let isClosed = after.first != "{" || rest[..<end].last == "}"
      result += (isClosed ? environment[String(name)] : nil) ?? String(rest[dollar..<end])
      rest = rest[end...]
    }
    return result + rest
  }

  private static func search(from current: String) -> (String, PytestConfiguration?) {
    let folders = Array(sequence(first: current) { $0 == "/" ? nil : parent(of: $0) })
    for folder in folders {
      if let configuration = PytestConfiguration.first(in: folder) { return (folder, configuration) }
    }
    for marker in ["pyproject.toml", "setup.py"] {
      if let folder = folders.first(where: { access("\($0)/\(marker)", F_OK) == 0 }) { return (folder, nil) }
    }
    return (current, nil)
  }
}

/// A path made absolute and free of `.`, `..` and doubled slashes; links are not followed.
func absolute(_ path: String, in folder: String) -> String {
  var parts: [Substring] = []
  for part in (path.hasPrefix("/") ? path : "\(folder)/\(path)").split(separator: "/") where part != "." {
    if part == ".." { _ = parts.popLast() } else { parts.append(part) }
  }
  return "/" + parts.joined(separator: "/")
}

func parent(of path: String) -> String { absolute("..", in: path) }

/// Whether the current folder's path is UTF-8, as all paths must be that we name; true also where there is none.
var currentFolderIsText: Bool {
  (try? pathOfCurrentFolder()).map { String(validating: $0, as: UTF8.self) != nil } ?? true
}

func currentFolder() throws(Failure) -> String {
  guard let path = String(validating: try pathOfCurrentFolder(), as: UTF8.self) else { throw Failure.pathIsNoText }
  return path
}

private func pathOfCurrentFolder() throws(Failure) -> [UInt8] {
  var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
  guard getcwd(&buffer, buffer.count) != nil else {
    throw Failure(.usage, "the current folder is gone: \(String(cString: strerror(errno)))")
  }
  return buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
}
