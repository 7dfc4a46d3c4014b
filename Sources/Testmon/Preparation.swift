/// What ``DataFile/prepare(at:dataVersion:environment:keep:now:refusingNewer:markingTests:busyTimeout:)`` found and did.
public struct Preparation: Equatable, Sendable {
  /// The `id` of the environment's row.
  public let environmentID: Int64
  /// The environment was there, with other packages or another Python, and nothing recorded for these: everything has
  /// to run.
  public let packagesChanged: Bool
  /// There was no data file, or an empty one, or one of another data version.
  public let created: Bool
  /// Packages and Python are again as they were once before, and what was recorded then is in use again.
  public let pickedUpAgain: Bool
  /// The file has the table in which the tests that coordinated runs record are marked.
  public let marksTests: Bool
  /// What the environment was until now, if it has changed.
  public var replaced: Replaced?
  /// Where the file of another data version was kept, if there was one.
  public let keptAside: KeptAside?

  public struct Replaced: Equatable, Sendable {
    public let environment: EnvironmentKey
    /// How many tests were recorded in it.
    public let tests: Int
  }

  public struct KeptAside: Equatable, Sendable {
    public let path: String
    public let dataVersion: Int64
  }
}
