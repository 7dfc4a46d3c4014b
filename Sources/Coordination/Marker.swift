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
  public let environment: PreparedEnvironment
  /// Whether everybody is to use this environment, whatever pytest's configuration says; nil: not so.
  public var isEnvironmentGiven: Bool?
  /// 0 when it isn't known.
  public var expectedWorkers: Int
  /// Of testmon-xdist.
  public let version: String

  private enum CodingKeys: String, CodingKey {
    case `protocol`, timestamp, controller, owner, version
    case runID = "run_id"
    case controllerPID = "controller_pid"
    case isEnvironmentGiven = "environment_given"
    case expectedWorkers = "expected_workers"
  }
}

// The environment's keys stand beside the others.
extension Marker {
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      protocol: try values.decode(Int.self, forKey: .protocol),
      runID: try values.decode(String.self, forKey: .runID),
      timestamp: try values.decode(Double.self, forKey: .timestamp),
      controllerPID: try values.decode(Int32.self, forKey: .controllerPID),
      controller: try values.decode(ProcessIdentity.self, forKey: .controller),
      owner: try values.decode(ProcessIdentity.self, forKey: .owner),
      environment: try PreparedEnvironment(from: decoder),
      isEnvironmentGiven: try values.decodeIfPresent(Bool.self, forKey: .isEnvironmentGiven),
      expectedWorkers: try values.decode(Int.self, forKey: .expectedWorkers),
      version: try values.decode(String.self, forKey: .version))
  }

  public func encode(to encoder: any Encoder) throws {
    try environment.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(`protocol`, forKey: .protocol)
    try values.encode(runID, forKey: .runID)
    try values.encode(timestamp, forKey: .timestamp)
    try values.encode(controllerPID, forKey: .controllerPID)
    try values.encode(controller, forKey: .controller)
    try values.encode(owner, forKey: .owner)
    try values.encodeIfPresent(isEnvironmentGiven, forKey: .isEnvironmentGiven)
    try values.encode(expectedWorkers, forKey: .expectedWorkers)
    try values.encode(version, forKey: .version)
  }
}

/// `worker_ID_ready`: a worker has seen the marker and can read the data file.
public struct Acknowledgement: Codable, Equatable, Sendable {
  public let runID: String
  public let workerID: String
  /// The process that works: the caller of `testmon-xdist worker`, or, with COMMAND, `testmon-xdist worker` itself.
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
