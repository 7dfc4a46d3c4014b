import Coordination

/// What came of having pytest read its configuration as a run would: `rehearse.py` prints it.
struct Rehearsal: Decodable {
  struct Plugin: Decodable {
    let loaded: Bool
    /// By `-p no:NAME`.
    let blocked: Bool
  }

  struct Plugins: Decodable { let plugin, testmon, xdist: Plugin }

  /// How pytest ended otherwise than by itself.
  struct Crash: Decodable {
    let error: String
    /// The file and line that it came from.
    let place: String?
  }

  /// How the plugin would find and start the executable.
  struct Start: Decodable {
    let executable: String?
    let problem: String?
    let places: [String]
    let `protocol`: Int?
    let answer: String?
  }

  /// pytest's exit status; nil where it didn't end by itself.
  let status: Int32?
  let crash: Crash?
  /// nil where pytest ended before it had loaded its plugins.
  let plugins: Plugins?
  /// Whether pytest loads what is installed by itself.
  let autoload: Bool?
  let configurationFile: String?
  /// Its `addopts`.
  let addopts: [String]?
  // From here on nil where pytest refused to start.
  let rootdir: String?
  /// Whether `--no-testmon` is among the options.
  let isTestmonOff: Bool?
  /// nil where the plugin isn't loaded.
  let start: Start?
  let report: PytestReport?
  let measuresBranches: Bool?
  /// The environment's name, found out twice.
  let environmentNames: [String]?

  enum CodingKeys: String, CodingKey {
    case status, crash, plugins, autoload, addopts, rootdir, start, report
    case configurationFile = "configuration_file"
    case isTestmonOff = "testmon_off"
    case measuresBranches = "branch_coverage"
    case environmentNames = "environment_names"
  }
}

/// Why pytest refuses to start, as it says on stderr.
struct Refusal {
  /// The conftest.py that can't be imported.
  let conftest: String?
  /// What isn't known on the command line: options and their values.
  let unknownArguments: String?
  let message: String

  init?(_ errors: String) {
    let lines = errors.split(separator: "\n").map(String.init)
    conftest = lines.lazy.compactMap { Self.part(of: $0, after: "while loading conftest '", until: "'") }.last
    unknownArguments = lines.lazy.compactMap { Self.part(of: $0, after: "error: unrecognized arguments: ") }.last
    let raised = lines.last { $0.hasPrefix("E  ") }.map { String($0.dropFirst().drop { $0 == " " }) }
    let said = lines.lazy.compactMap { line in
      Self.part(of: line, after: ": error: ")
        ?? (line.hasPrefix("ERROR: usage:") ? nil : Self.part(of: line, after: "ERROR: "))
    }.last
    guard let message = raised ?? said else { return nil }
    self.message = message
  }

  private static func part(of line: String, after opening: String, until closing: String? = nil) -> String? {
    guard let start = line.firstRange(of: opening)?.upperBound else { return nil }
    let rest = line[start...]
    guard let closing else { return String(rest) }
    return rest.firstRange(of: closing).map { String(rest[..<$0.lowerBound]) }
  }
}
