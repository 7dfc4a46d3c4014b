import Testmon

/// What a pytest tells of itself: the plugin writes it through the pipe, or prints it.
public struct PytestReport: Decodable, Sendable {
  /// testmon's release; empty where there is no testmon.
  public let testmon: String
  /// xdist's release; nil where it isn't to distribute tests.
  public let xdist: String?
  /// The interpreter's path, where Python knows it.
  public let python: String?
  /// nil where that testmon isn't made like those that the plugin knows.
  public let facts: Facts?
}

/// What the Python side knows, and the preparation of a data file needs: computed by testmon's and pytest's own code.
public struct Facts: Codable, Sendable {
  public let rootdir: String
  /// Absolute.
  public let databasePath: String
  public let dataVersion: Int
  public var environmentName: String
  /// Whether the name is what the command line asked for, rather than what pytest's configuration says; nil: it isn't.
  public var isEnvironmentGiven: Bool?
  public let systemPackages: String
  public let pythonVersion: String
  public var expectedWorkers: Int
  /// The pytest that asks, in its own process id namespace.
  public let ownerPID: Int32
  /// The folder in pytest's cache where the history goes; nil where pytest made none.
  public var historyFolder: String?
  /// By which of coverage's cores testmon records in a coordinated run; nil where coverage refuses to.
  public var core: String?
  /// By which one it records without coordination.
  public var coreAlone: String?

  enum CodingKeys: String, CodingKey {
    case rootdir
    case databasePath = "database_path"
    case dataVersion = "data_version"
    case environmentName = "environment_name"
    case isEnvironmentGiven = "environment_given"
    case systemPackages = "system_packages"
    case pythonVersion = "python_version"
    case expectedWorkers = "expected_workers"
    case ownerPID = "owner_pid"
    case historyFolder = "history_folder"
    case core
    case coreAlone = "core_alone"
  }

  /// Whether testmon by itself leaves affected tests out: this core notes which test reached a line first, no other.
  public var mixesTestsUpAlone: Bool { coreAlone == "sysmon" }

  public var environment: EnvironmentKey {
    EnvironmentKey(name: environmentName, packages: systemPackages, python: pythonVersion)
  }
}
