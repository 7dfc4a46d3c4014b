import Text
import Variables

/// The settings, and all that is said of each: files, variables, help, the manual page and docs/settings.md follow from here.
///
/// A setting is a definition, a property of the same name with its value, and a line in `init`, which gives the order in
/// which people are shown them. CONTRIBUTING.md tells how to add one.
public struct Settings: Equatable, Sendable {
  public static let enabled = SettingDefinition(
    "enabled", variable: "TESTMON_XDIST_CONTROLLER_PRECREATION", .boolean, default: false,
    "Coordinate every pytest that runs with testmon.")
  public let enabled: Setting<Bool>

  public static let debug = SettingDefinition(
    "debug", option: "--debug", .boolean, default: false,
    "Say on stderr what happens, when and why.")
  public let debug: Setting<Bool>

  /// When as many workers start as there is work for.
  public enum AdaptiveWorkers: String, CaseIterable, Codable, Sendable { case auto, always, off }
  public static let adaptiveWorkers = SettingDefinition<AdaptiveWorkers>(
    "adaptive_workers", .choice, default: .auto,
    "Start as many xdist workers as there is work for. `auto`: where pytest is asked for `-n auto` or `-n logical`. "
      + "`always`: where it is asked for a number, too, which is never exceeded. `off`: leave it to xdist.")
  public let adaptiveWorkers: Setting<AdaptiveWorkers>

  /// How tests are handed out to workers.
  public enum Schedule: String, CaseIterable, Codable, Sendable { case duration, xdist }
  public static let schedule = SettingDefinition<Schedule>(
    "schedule", .choice, default: .duration,
    "How xdist's workers get their tests. `duration`: by how long the tests took, so that all workers end together, and what "
      + "failed last time comes first (`--dist load`, which `-n` implies, and `loadscope`, `loadfile`, `loadgroup`). "
      + "`xdist`: as xdist does it.")
  public let schedule: Setting<Schedule>

  public static let workerTimeout = SettingDefinition(
    "worker_timeout", option: "--timeout", .seconds(above: 0, upTo: 86400), default: 30,
    "How long workers may take to be ready before a warning, and how long `worker` waits for the controller.")
  public let workerTimeout: Setting<Double>

  public static let lockTimeout = SettingDefinition(
    "lock_timeout", .seconds(0...86400), default: 60,
    "How long to wait for another run on the same project to end; 0 doesn't wait.")
  public let lockTimeout: Setting<Double>

  public static let keepEnvironments = SettingDefinition(
    "keep_environments", .count(1...1000, of: "environments"), default: 4,
    "How many environments of one name to keep in the data file, the one in use included.")
  public let keepEnvironments: Setting<Int>

  public static let stopOnNewer = SettingDefinition(
    "stop_on_newer", .boolean, default: false,
    "What to do if testmon or the data file is newer than this testmon-xdist knows. `true`: stop, and leave the file "
      + "alone. `false`: warn and go on, without coordination if testmon is newer; a newer data file is kept aside.")
  public let stopOnNewer: Setting<Bool>

  public static let history = SettingDefinition(
    "history", .count(0...1_000_000, of: "runs"), default: 200,
    "How many past runs to remember; 0 is off.")
  public let history: Setting<Int>

  public static let stepSummary = SettingDefinition(
    "step_summary", .boolean, default: true,
    "In GitHub Actions: write into the job's summary what ran, why, and what was not needed.")
  public let stepSummary: Setting<Bool>

  public static let checkInterval = SettingDefinition(
    "check_interval", .seconds(0.001...60), default: 0.1,
    "On a network file system, which reports no changes: how long to wait between the first two looks for one.")
  public let checkInterval: Setting<Double>

  public static let backoffFactor = SettingDefinition(
    "backoff_factor", .number(1...10), default: 1.5,
    "Each further wait is this many times longer than the one before.")
  public let backoffFactor: Setting<Double>

  public static let maxInterval = SettingDefinition(
    "max_interval", .seconds(0.001...600), default: 2,
    "The longest wait between two looks; not less than `check_interval`.")
  public let maxInterval: Setting<Double>

  /// Files of the project that have settings, too, which don't count because another file comes first.
  public let shadowedFiles: [String]

  init(_ reader: inout SettingsReader, shadowedFiles: [String] = []) {
    enabled = reader.read(Self.enabled)
    debug = reader.read(Self.debug)
    adaptiveWorkers = reader.read(Self.adaptiveWorkers)
    schedule = reader.read(Self.schedule)
    workerTimeout = reader.read(Self.workerTimeout)
    lockTimeout = reader.read(Self.lockTimeout)
    keepEnvironments = reader.read(Self.keepEnvironments)
    stopOnNewer = reader.read(Self.stopOnNewer)
    history = reader.read(Self.history)
    stepSummary = reader.read(Self.stepSummary)
    checkInterval = reader.read(Self.checkInterval)
    backoffFactor = reader.read(Self.backoffFactor)
    maxInterval = reader.read(Self.maxInterval)
    self.shadowedFiles = shadowedFiles
  }

  /// What is wrong with values that are right one by one.
  var contradictions: [SettingsError.Problem] {
    guard maxInterval.value < checkInterval.value else { return [] }
    // Blame what somebody wrote, not a default.
    let place = maxInterval.origin == .builtIn ? checkInterval.origin : maxInterval.origin
    let (maximum, check) = (DecimalText.text(maxInterval.value), DecimalText.text(checkInterval.value))
    return [
      SettingsError.Problem(
        place: place.description,
        message: "max_interval is \(maximum) (\(maxInterval.origin)), less than check_interval, "
          + "\(check) (\(checkInterval.origin)); make it \(check) or more")
    ]
  }

  /// All settings as documents show them.
  public static let documentation: [any SettingDocumentation] = {
    var reader = SettingsReader([])
    _ = Settings(&reader)
    return reader.definitions
  }()

  /// Variables of ours that are no settings: the product's own processes tell each other things by them.
  public static let reservedVariables = EnvironmentVariable.allCases.map(\.rawValue)
}
