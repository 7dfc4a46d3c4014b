import CommandLine
import Coordination
import Glibc
import Platform
import Settings

/// What every command works with.
struct Context {
  let project: Project
  let settings: Settings
  let environment: [String: String]
  let diagnostics: Diagnostics
  /// The file that replaces the project's settings, by `--config` or from a wrapping controller; absolute.
  let configFile: String?

  init(_ common: CommonOptions, _ flags: FlagOverrides, _ environment: [String: String]) throws {
    self.environment = environment
    project = try Project.find(given: common.rootdir, from: currentFolder(), environment: environment)
    let current = try currentFolder()
    configFile = (common.config ?? environment["TESTMON_XDIST_CONFIG"]).map { absolute($0, in: current) }
    settings = try Settings.load(
      rootdir: project.rootdir, configFile: configFile, environment: environment, flags: flags)
    diagnostics = Diagnostics(common, environment, debug: settings.debug.value)
  }

  /// The id of the run that we were started below, if any.
  var outerRunID: String? { environment["TESTMON_XDIST_RUN_ID"].flatMap { $0.isEmpty ? nil : $0 } }

  var polling: MarkerWait.Polling {
    MarkerWait.Polling(
      interval: settings.checkInterval.value, factor: settings.backoffFactor.value, maximum: settings.maxInterval.value)
  }

  /// Whether a run is to go on uncoordinated after this.
  func mayGoOn(without failure: Failure) -> Bool { failure.isNewerTestmon && !settings.stopOnNewer.value }

  /// Where this executable lies, however it was called.
  static let executable: String = {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    return count > 0
      ? String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) : "testmon-xdist"
  }()
}

/// For what must know whether the processes of a run are alive.
func requireProcessIdentities() throws(Failure) {
  if !ProcessIdentity.canBeKnown { throw Failure(.coordination, "\(ProcCheck.missing); \(ProcCheck.next)") }
}

extension Diagnostics {
  init(_ common: CommonOptions, _ environment: [String: String], debug: Bool? = nil) {
    let style = Style(common.color, isTerminal: Output.error.isTerminal, environment: environment)
    // A wrapping controller's --quiet holds for those below it.
    let quiet = common.quiet || environment["TESTMON_XDIST_QUIET"] != nil
    self.init(style: style, debug: debug ?? common.debug, quiet: quiet)
  }
}

/// The environment variables of this process.
func processEnvironment() -> [String: String] {
  var variables: [String: String] = [:]
  var next = environ
  while let entry = next.pointee {
    let text = String(cString: entry)
    if let separator = text.firstIndex(of: "=") {
      variables[String(text[..<separator])] = String(text[text.index(after: separator)...])
    }
    next += 1
  }
  return variables
}
