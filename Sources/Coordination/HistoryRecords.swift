import FoundationEssentials
import Planning

extension History {
  /// What a run was started for.
  public typealias Kind = Holder.Kind

  /// How a run ended.
  public enum Outcome: String, Sendable {
    case finished
    /// By a signal.
    case interrupted
    /// Nobody said how: the next run found it open.
    case died
    /// testmon-xdist itself failed.
    case failed
  }

  /// A run as its beginning knows it.
  public struct RunStart: Equatable, Sendable {
    public var runID: String
    public var startedAt: Date
    /// Of testmon-xdist.
    public var version: String
    public var kind: Kind
    public var ownerPID: Int32
    public var environmentName: String
    public var pythonVersion: String
    public var dataVersion: Int
    public var packagesChanged: Bool
    /// nil where nobody said.
    public var expectedWorkers: Int?

    public init(
      runID: String, startedAt: Date, version: String, kind: Kind, ownerPID: Int32, environmentName: String,
      pythonVersion: String, dataVersion: Int, packagesChanged: Bool, expectedWorkers: Int? = nil
    ) {
      self.runID = runID
      self.startedAt = startedAt
      self.version = version
      self.kind = kind
      self.ownerPID = ownerPID
      self.environmentName = environmentName
      self.pythonVersion = pythonVersion
      self.dataVersion = dataVersion
      self.packagesChanged = packagesChanged
      self.expectedWorkers = expectedWorkers
    }
  }

  public struct Worker: Equatable, Sendable {
    public var workerID: String
    public var pid: Int32
    /// Milliseconds from the marker's publication to the worker's acknowledgement.
    public var readyAfter: Int

    public init(workerID: String, pid: Int32, readyAfter: Int) {
      self.workerID = workerID
      self.pid = pid
      self.readyAfter = readyAfter
    }
  }

  /// A run as the history has it.
  public struct RecordedRun: Equatable, Sendable {
    public let start: RunStart
    /// nil while the run is open, and for one that died.
    public let endedAt: Date?
    /// nil while the run is open.
    public let outcome: Outcome?
    /// nil while the run is open, or where there was none.
    public let exitStatus: Int?
    /// In the order in which they were ready.
    public let workers: [Worker]
    /// nil while the run is open, and where nobody told.
    public let tests: Tests?
  }

  /// What a run had to do.
  public struct Tests: Equatable, Sendable {
    /// How many were known when it began.
    public let all: Int
    public let ran: Int
    /// How many would have run without testmon.
    public let notNeeded: Int
    /// How much longer the run would have taken then, by the clock: an estimate, in seconds.
    public let savedSeconds: Double
  }

  /// A cause, and how many tests it made run.
  public struct RecordedCause: Equatable, Sendable {
    public let cause: Cause
    public let tests: Int
  }

  /// What all recorded runs together had not to do.
  public struct Savings: Equatable, Sendable {
    public let runs: Int
    public let tests: Int
    public let seconds: Double
  }
}
