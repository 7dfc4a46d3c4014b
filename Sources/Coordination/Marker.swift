import Platform

/// `controller_ready.json`: the data file is ready, and for whom.
public struct Marker: Codable, Equatable, Sendable {
  public static let fileName = "controller_ready.json"
  public static let currentProtocol = 1

  public let `protocol`: Int
  public let runID: String
  /// When it was published, in seconds since 1970.
  public let timestamp: Double
  public let controllerPID: Int32
  public let controller: ProcessIdentity
  public let owner: ProcessIdentity
  public let environmentID: Int64
  public let environmentName: String
  /// Whether everybody is to use this environment, whatever pytest's configuration says; nil: not so.
  public var isEnvironmentGiven: Bool?
  public let pythonVersion: String
  public let packagesChanged: Bool
  /// Absolute.
  public let databasePath: String
  public let dataVersion: Int
  /// 0 when it isn't known.
  public let expectedWorkers: Int
  /// Of testmon-xdist.
  public let version: String

  enum CodingKeys: String, CodingKey {
    case `protocol`, timestamp, controller, owner, version
    case runID = "run_id"
    case controllerPID = "controller_pid"
    case environmentID = "environment_id"
    case environmentName = "environment_name"
    case isEnvironmentGiven = "environment_given"
    case pythonVersion = "python_version"
    case packagesChanged = "packages_changed"
    case databasePath = "database_path"
    case dataVersion = "data_version"
    case expectedWorkers = "expected_workers"
  }
}

/// `worker_ID_ready`: a worker has seen the marker and can read the data file.
public struct Acknowledgement: Codable, Equatable, Sendable {
  public let runID: String
  public let workerID: String
  /// The process that works: the one that called `testmon-xdist worker`, or that itself where it runs a command.
  public let pid: Int32
  /// In seconds since 1970.
  public let timestamp: Double
  public let waitedMilliseconds: Double

  enum CodingKeys: String, CodingKey {
    case runID = "run_id"
    case workerID = "worker_id"
    case pid, timestamp
    case waitedMilliseconds = "waited_ms"
  }

  public init(runID: String, workerID: String, pid: Int32, timestamp: Double, waitedMilliseconds: Double) {
    self.runID = runID
    self.workerID = workerID
    self.pid = pid
    self.timestamp = timestamp
    self.waitedMilliseconds = waitedMilliseconds
  }

  public static func fileName(of workerID: String) -> String { "worker_\(workerID)_ready" }
  static func isFileName(_ name: String) -> Bool { name.hasPrefix("worker_") && name.hasSuffix("_ready") }
}
