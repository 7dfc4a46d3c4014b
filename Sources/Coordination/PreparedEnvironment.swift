import Testmon

/// The row of testmon's data file that a run works with: what marker, plugin and workers are told of it.
public struct PreparedEnvironment: Codable, Equatable, Sendable {
  /// The row's id.
  public let id: Int64
  public let name: String
  public let pythonVersion: String
  /// Whether the row is new because packages or Python have changed, so that all tests run.
  public let packagesChanged: Bool
  /// Absolute.
  public let databasePath: String
  public let dataVersion: Int

  public init(
    id: Int64, name: String, pythonVersion: String, packagesChanged: Bool, databasePath: String,
    dataVersion: Int
  ) {
    self.id = id
    self.name = name
    self.pythonVersion = pythonVersion
    self.packagesChanged = packagesChanged
    self.databasePath = databasePath
    self.dataVersion = dataVersion
  }

  enum CodingKeys: String, CodingKey {
    case id = "environment_id"
    case name = "environment_name"
    case pythonVersion = "python_version"
    case packagesChanged = "packages_changed"
    case databasePath = "database_path"
    case dataVersion = "data_version"
  }
}

extension PreparedEnvironment {
  /// - Parameter path: of the data file that was prepared.
  public init(_ facts: Facts, _ preparation: Preparation, at path: String) {
    self.init(
      id: preparation.environmentID, name: facts.environmentName, pythonVersion: facts.pythonVersion,
      packagesChanged: preparation.packagesChanged, databasePath: path, dataVersion: facts.dataVersion)
  }
}
