import Platform

/// Who holds a run: written into the lock file by whoever has the lock, for those who wait or look.
public struct Holder: Codable, Equatable, Sendable {
  /// What the run is for, and so what ends it.
  public enum Kind: String, Codable, Sendable {
    /// A pytest with the plugin; ends with it.
    case pytest
    /// `controller -- COMMAND`; ends with the command.
    case command
    /// `controller` without a command; ends by a signal or `cleanup`, and, without `--detach`, with what started it.
    case held
  }

  public let runID: String
  public let kind: Kind
  /// When the run began, in seconds since 1970.
  public let since: Double
  /// The process that holds the lock.
  public let controller: ProcessIdentity
  /// The process that the run is for.
  public let owner: ProcessIdentity
  /// For `held`, the process that started the run, such as a script's shell. With `--detach` the run doesn't end with it,
  /// but whatever that process starts is part of the run.
  public let starter: ProcessIdentity?

  enum CodingKeys: String, CodingKey {
    case runID = "run_id"
    case kind, since, controller, owner, starter
  }

  public init(
    runID: String, kind: Kind, since: Double, controller: ProcessIdentity, owner: ProcessIdentity,
    starter: ProcessIdentity? = nil
  ) {
    self.runID = runID
    self.kind = kind
    self.since = since
    self.controller = controller
    self.owner = owner
    self.starter = starter
  }
}
