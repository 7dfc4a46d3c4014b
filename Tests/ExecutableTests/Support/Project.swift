import FoundationEssentials
import Glibc
import Testing

/// How pytest is called.
enum Way: CaseIterable {
  /// As without testmon-xdist.
  case alone
  /// With the wheel installed and the variable set.
  case plugin
  /// `testmon-xdist controller -- pytest …`, where nothing is installed.
  case wrapper
}

/// A Python project in a temporary folder, with a home of its own.
final class Project {
  let rootdir: String
  let home: String
  /// The virtual environment that pytest runs in.
  let environment: String
  /// All variables of what is started in it, without PYTHONPATH.
  var variables: [String: String]
  /// What PYTHONPATH has, besides the project.
  var pythonPath: [String] = []

  private let folder: String

  /// An empty project.
  /// - Parameter name: the folder's.
  convenience init(_ release: String = "2.2.0", name: String = "project") throws {
    try self.init(environment: Surroundings.environment(release), name: name)
  }

  /// An empty project for another Python.
  convenience init(on python: ExtraPython) throws { try self.init(environment: python.environment, name: "project") }

  private init(environment: String, name: String) throws {
    self.environment = environment
    folder = try Surroundings.temporary.make("test")
    (rootdir, home) = ("\(folder)/\(name)", "\(folder)/home")
    for path in [rootdir, home] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    variables = Surroundings.clean(home: home)
    variables["PATH"] = "\(environment)/bin:\(variables["PATH"] ?? "")"
    try write("[pytest]\n", to: "pytest.ini")
  }

  deinit {
    if hasRunFolder { _ = try? testmonXdist("cleanup", "--force") }
    try? FileManager.default.removeItem(atPath: folder)
  }

  // MARK: files

  func path(_ name: String) -> String { name.hasPrefix("/") ? name : "\(rootdir)/\(name)" }
  func exists(_ name: String) -> Bool { access(path(name), F_OK) == 0 }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  func write(_ bytes: [UInt8], to name: String) throws {
    let path = path(name)
    let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    let before = modificationSecond(of: path)
    try Data(bytes).write(to: URL(filePath: path))
    if let before { try keepFromLookingUnchanged(path, since: before) }
  }

  private func modificationSecond(of path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mtim.tv_sec : nil
  }

  /// Python takes compiled code for that of a source with the same size and the same second of its last change: an edit
  /// made within a second would not be seen, and the old code would run.
  private func keepFromLookingUnchanged(_ path: String, since before: Int) throws {
    guard let now = modificationSecond(of: path), now <= before else { return }
    let times = [timespec(tv_sec: before + 1, tv_nsec: 0), timespec(tv_sec: before + 1, tv_nsec: 0)]
    try #require(utimensat(AT_FDCWD, path, times, 0) == 0)
  }

  /// Writes a script that can be run at once. What another test starts while a file is open for writing here inherits it,
  /// and as long as that lives, nobody can run the file: so it is made by a process of its own.
  func writeScript(_ text: String, to name: String) throws {
    try write(text, to: "\(path(name)).text")
    let made = try run(["install", "-m", "755", "\(path(name)).text", path(name)])
    try #require(made.status == 0, "\(made)")
  }

  func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path(name)))) }

  func names(_ name: String = ".") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()
  }

  /// Whether a run has its folder here, or left it.
  var hasRunFolder: Bool { exists(".testmon_xdist") }

  /// Waits until no run has a folder here.
  func waitForNoRunFolder() throws {
    try wait(for: "end of \(rootdir)/.testmon_xdist", in: rootdir) { !self.hasRunFolder }
  }

  /// Waits until a test has made a file.
  func waitForFile(_ name: String) throws {
    try wait(for: "file \(name)", in: rootdir) { self.exists(name) }
  }

  // MARK: processes

  func start(_ words: [String], _ more: [String: String] = [:]) throws -> Process {
    var variables = variables
    let path = [rootdir] + pythonPath
    variables["PYTHONPATH"] = path.joined(separator: ":")
    return try Process(words, in: rootdir, environment: variables.merging(more) { $1 }, keeping: self)
  }

  func run(_ words: [String], _ more: [String: String] = [:]) throws -> Outcome { try start(words, more).finish() }

  /// A script for sh(1) in which `testmon-xdist` is the executable.
  func shell(_ script: String, _ more: [String: String] = [:], arguments: [String] = []) throws -> Outcome {
    let folder = "\(home)/bin"
    if access(folder, F_OK) != 0 {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      symlink(try Surroundings.executable, "\(folder)/testmon-xdist")
    }
    var more = more
    more["PATH"] = "\(folder):\(more["PATH"] ?? variables["PATH"] ?? "")"
    return try run(["/bin/sh", "-c", script] + arguments, more)
  }

  func startTestmonXdist(_ arguments: [String], _ more: [String: String] = [:]) throws -> Process {
    try start([try Surroundings.executable] + arguments, more)
  }

  func testmonXdist(_ arguments: String..., with more: [String: String] = [:]) throws -> Outcome {
    try startTestmonXdist(arguments, more).finish()
  }

  func startPytest(_ way: Way, _ arguments: [String]) throws -> Process {
    let pytest = ["\(environment)/bin/pytest"] + arguments
    switch way {
    case .alone: return try start(pytest)
    case .wrapper: return try startTestmonXdist(["controller", "--"] + pytest)
    case .plugin:
      try installPlugin()
      return try start(pytest, ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true"])
    }
  }

  func pytest(_ way: Way, _ arguments: String...) throws -> Outcome { try startPytest(way, arguments).finish() }

  /// Puts the wheel into this project's Python.
  func installPlugin() throws {
    let plugin = try Surroundings.installed(.testmonXdist)
    if !pythonPath.contains(plugin) { pythonPath.append(plugin) }
  }
}

extension Outcome {
  /// How many tests pytest says that passed; 0 where it says that none ran.
  var passed: Int? { text.contains("no tests ran") ? 0 : number(before: "passed") }
  var failed: Int? { number(before: "failed") }

  /// What must not be in the output of a healthy run.
  var alarms: [String] {
    ["INTERNALERROR", "sqlite3.", "database is locked", "readonly database", "Traceback"].filter(text.contains)
  }

  /// The lines that speak of us.
  var ourLines: [Substring] {
    text.split(separator: "\n").filter { $0.contains("testmon-xdist: ") || $0.hasPrefix("WARNING:") }
  }

  private func number(before word: String) -> Int? {
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("testmon-xdist: ") }
    let words = lines.joined(separator: "\n").split { " \n=,\u{1B}".contains($0) }
    return words.lastIndex { $0 == word }.flatMap { $0 > 0 ? Int(words[$0 - 1]) : nil }
  }
}
