/// The pytest plugin, as it is shipped in the wheel: embedded, so that a wrapped command needs nothing installed.
public enum PytestPlugin {
  /// The name of the Python module; pytest loads it by this name.
  public static let module = "testmon_xdist_plugin"

  /// The module's source.
  public static var source: [UInt8] { PackageResources.testmon_xdist_plugin_py }
}

/// A script that tells which versions a Python has of the packages that count.
public enum PythonInspection {
  public static var source: [UInt8] { PackageResources.inspect_python_py }
}
