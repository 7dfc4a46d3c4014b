import Variables

/// The settings of this run, and where each came from.
public struct Settings: Equatable, Sendable {
  /// Whether pytest coordinates by itself.
  public let enabled: Setting<Bool>
  public let debug: Setting<Bool>
  /// In seconds, above 0.
  public let workerTimeout: Setting<Double>
  /// In seconds, above 0 and no more than `maxInterval`.
  public let checkInterval: Setting<Double>
  /// 1 or more.
  public let backoffFactor: Setting<Double>
  /// In seconds.
  public let maxInterval: Setting<Double>
  /// In seconds; 0: don't wait.
  public let lockTimeout: Setting<Double>
  /// How many environments of one name to keep in the data file, the one in use included; 1 or more.
  public let keepEnvironments: Setting<Int>
  /// Whether to stop where the installed testmon, or the data file, is newer than what this program knows.
  public let stopOnNewer: Setting<Bool>
  /// How many runs to remember; 0: none.
  public let history: Setting<Int>

  /// The files that settings came from, as people are shown them.
  public let files: [String]
  /// Project files that have settings, too, which don't count because of one that comes first.
  public let shadowedFiles: [String]

  /// A setting as people are shown it.
  public struct Row: Equatable, Sendable {
    public let key: SettingKey
    public let value: SettingValue
    public let origin: Origin
  }

  /// All settings, in the order of ``SettingDefinition/all``.
  public var all: [Row] {
    SettingKey.allCases.map { key in
      switch key {
      case .enabled: Row(key: key, value: .boolean(enabled.value), origin: enabled.origin)
      case .debug: Row(key: key, value: .boolean(debug.value), origin: debug.origin)
      case .workerTimeout: Row(key: key, value: .number(workerTimeout.value), origin: workerTimeout.origin)
      case .checkInterval: Row(key: key, value: .number(checkInterval.value), origin: checkInterval.origin)
      case .backoffFactor: Row(key: key, value: .number(backoffFactor.value), origin: backoffFactor.origin)
      case .maxInterval: Row(key: key, value: .number(maxInterval.value), origin: maxInterval.origin)
      case .lockTimeout: Row(key: key, value: .number(lockTimeout.value), origin: lockTimeout.origin)
      case .keepEnvironments: Row(key: key, value: .count(keepEnvironments.value), origin: keepEnvironments.origin)
      case .stopOnNewer: Row(key: key, value: .boolean(stopOnNewer.value), origin: stopOnNewer.origin)
      case .history: Row(key: key, value: .count(history.value), origin: history.origin)
      }
    }
  }

  /// Variables of ours that are no settings: the product's own processes tell each other things by them.
  public static let reservedVariables = EnvironmentVariable.allCases.map(\.rawValue)
}
