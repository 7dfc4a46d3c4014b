/// The row of testmon's data file that a run works with: what marker, plugin and workers are told of it.
public struct PreparedEnvironment: Codable, Equatable, Sendable {
  /// The row's id.
  public let environmentID: Int64
  public let environmentName: String
  public let pythonVersion: String
  /// Whether the row is new because packages or Python have changed, so that all tests run.
  public let packagesChanged: Bool
  /// Absolute.
  public let databasePath: String
  public let dataVersion: Int

  public init(
    environmentID: Int64, environmentName: String, pythonVersion: String, packagesChanged: Bool, databasePath: String,
    dataVersion: Int
  ) {
    self.environmentID = environmentID
    self.environmentName = environmentName
    self.pythonVersion = pythonVersion
    self.packagesChanged = packagesChanged
    self.databasePath = databasePath
    self.dataVersion = dataVersion
  }

  enum CodingKeys: String, CodingKey {
    case environmentID = "environment_id"
    case environmentName = "environment_name"
    case pythonVersion = "python_version"
    case packagesChanged = "packages_changed"
    case databasePath = "database_path"
    case dataVersion = "data_version"
  }
}
