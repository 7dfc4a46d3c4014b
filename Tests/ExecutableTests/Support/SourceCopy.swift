import FoundationEssentials
import Testing

/// A copy of an open-source project, to edit it and run its tests. It tells which tests were run.
final class SourceCopy {
  let project: Project
  let source: SourceProject
  /// The data file, in the project.
  var dataFile = ".testmondata" { didSet { project.variables["TESTMON_DATAFILE"] = dataFile } }

  private let pythonPath: [String]
  private var edits = 0

  /// - Parameter project: an empty one.
  init(_ source: SourceProject, in project: Project) throws {
    self.source = source
    self.project = project
    let archive = try Surroundings.source(source.name)
    for name in try FileManager.default.contentsOfDirectory(atPath: archive) {
      try FileManager.default.copyItem(atPath: "\(archive)/\(name)", toPath: project.path(name))
    }
    try project.write(Self.recorder, to: "\(project.home)/recorder/ran_tests.py")
    pythonPath = [project.path("src"), "\(project.home)/recorder"]
    project.variables["RAN_TESTS"] = "\(project.home)/ran_tests.txt"
    // inflection's tests have parameters from a set; xdist refuses to run them where their order isn't the same.
    project.variables["PYTHONHASHSEED"] = "0"
    // Edits follow each other faster than the modification times that Python compares have seconds.
    project.variables["PYTHONDONTWRITEBYTECODE"] = "1"
    try install("1.0")
  }

  // MARK: running

  /// Runs pytest, and tells the ids of the tests that it has run and of the files that it couldn't collect, sorted.
  func run(_ way: Way, _ arguments: [String]) throws -> (outcome: Outcome, ran: [String]) {
    let outcome = try project.startPytest(way, ["--testmon", "-q", "-p", "ran_tests"] + arguments).finish()
    let text = String(decoding: try project.bytes("\(project.home)/ran_tests.txt"), as: UTF8.self)
    return (outcome, text.split(separator: "\n").map(String.init).sorted())
  }

  func recorded(withContents: Bool) throws -> Recorded {
    try Recorded(project.path(dataFile), withContents: withContents)
  }

  /// A pytest plugin. Outside of the project: what lies inside becomes a dependency of its tests.
  private static let recorder = """
    import os


    def pytest_configure(config):
        if not hasattr(config, "workerinput"):
            config.pluginmanager.register(Recorder(), "recorder")


    class Recorder:
        def __init__(self):
            self.file = open(os.environ["RAN_TESTS"], "w", buffering=1)

        def pytest_runtest_logreport(self, report):
            if report.when == "setup":
                self.file.write(report.nodeid + "\\n")

        def pytest_collectreport(self, report):
            if report.failed:
                self.file.write("not collected: " + report.nodeid + "\\n")

    """

  // MARK: editing

  /// Has pytest see this version of a package that nothing imports.
  func install(_ version: String) throws {
    let folder = "\(project.home)/package-\(version)"
    try project.write(
      "Metadata-Version: 2.1\nName: some-package\nVersion: \(version)\n",
      to: "\(folder)/some_package-\(version).dist-info/METADATA")
    project.pythonPath = pythonPath + [folder]
  }

  func append(_ text: String, to name: String) throws {
    try write(lines(of: name) + ["", ""] + text.split(separator: "\n").map(String.init), to: name)
  }

  /// Puts a statement before the first `return` of the module's function: another one each time.
  func editFunction() throws {
    edits += 1
    var lines = try lines(of: source.module)
    let start = try #require(lines.firstIndex { $0.withoutIndent.hasPrefix("def \(source.function)(") })
    let place = try #require(lines[start...].firstIndex { $0.withoutIndent.hasPrefix("return ") })
    lines.insert(lines[place].prefix { $0 == " " } + "edit_\(edits) = None", at: place)
    try write(lines, to: source.module)
  }

  /// Takes a function of the test file out.
  func deleteTest(_ name: String) throws {
    var lines = try lines(of: source.testFile)
    let start = try #require(lines.firstIndex { $0.hasPrefix("def \(name)(") })
    lines.remove(at: start)
    while start < lines.count && (lines[start].isEmpty || lines[start].hasPrefix(" ")) { lines.remove(at: start) }
    try write(lines, to: source.testFile)
  }

  private static let syntaxError = "def (:"

  func breakSyntax(of name: String) throws { try append(Self.syntaxError, to: name) }

  func repairSyntax(of name: String) throws { try write(lines(of: name).filter { $0 != Self.syntaxError }, to: name) }

  func renameTestFile() throws {
    try FileManager.default.moveItem(
      atPath: project.path(source.testFile), toPath: project.path(source.renamedTestFile))
  }

  private func lines(of name: String) throws -> [String] {
    let text = String(decoding: try project.bytes(name), as: UTF8.self)
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private func write(_ lines: [String], to name: String) throws {
    try project.write(lines.joined(separator: "\n"), to: name)
  }
}

extension String {
  fileprivate var withoutIndent: Substring { drop { $0 == " " } }
}
