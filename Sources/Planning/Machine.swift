/// What this machine has for a run.
public struct Machine: Equatable, Sendable {
  /// Processors that may be used; 1.5 where a container may use one and a half.
  public var cores: Double
  /// Memory that may be used, in bytes; nil where it isn't known.
  public var freeMemory: Int?

  /// More than any machine has.
  private static let mostCores = 8192.0

  public init(cores: Double, freeMemory: Int?) {
    self.cores = cores.isFinite ? min(max(cores, 0.1), Self.mostCores) : 1
    self.freeMemory = freeMemory
  }
}
