/// The pytest plugin, as it is shipped in the wheel: embedded, so that a wrapped command needs nothing installed.
public enum PytestPlugin {
  /// The name of the Python module; pytest loads it by this name.
  public static let module = "testmon_xdist_plugin"

  /// The module's source.
  public static var source: [UInt8] { PackageResources.testmon_xdist_plugin_py }

  /// The distribution as which a wrapped command's Python sees the plugin. testmon must not count it among the installed
  /// packages: recent releases pass over version 0.0.0, and the plugin takes it out of what others have found.
  public static let wrapperDistribution = "testmon_xdist_wrapper"
  public static let wrapperMetadata = "Metadata-Version: 2.1\nName: testmon-xdist-wrapper\nVersion: 0.0.0\n"
  public static let wrapperEntryPoints = "[pytest11]\n\(module) = \(module)\n"
}

/// A script that tells which versions a Python has of the packages that count.
public enum PythonInspection {
  public static var source: [UInt8] { PackageResources.inspect_python_py }
}
