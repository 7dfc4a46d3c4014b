/// The pytest plugin, as it is shipped in the wheel: embedded, so that a wrapped command needs nothing installed.
public enum PytestPlugin {
  /// The name of the module that pytest loads, and by which it knows the plugin.
  public static let module = "testmon_xdist_plugin"

  /// The distribution as which a wrapped command's Python sees the plugin. testmon must not count it among the installed
  /// packages: recent releases pass over version 0.0.0, and the plugin takes it out of what others have found.
  private static let distribution = "testmon_xdist_wrapper-0.0.0.dist-info"

  /// A file of the folder that a Python finds the plugin in.
  public struct File: Sendable {
    /// The folder below that one; empty for that one itself.
    public let folder: String
    public let name: String
    public let bytes: [UInt8]
  }

  /// By the distribution's entry point pytest finds the plugin where the folder is on sys.path, and only there: a command
  /// that sets PYTHONPATH anew runs without it, rather than not at all.
  /// - Parameter release: of testmon-xdist, which pytest's header names.
  public static func files(release: String) -> [File] {
    let metadata = "Metadata-Version: 2.1\nName: testmon-xdist-wrapper\nVersion: 0.0.0\nSummary: \(release)\n"
    let entryPoints = "[pytest11]\n\(module) = \(module)\n"
    return [
      File(folder: "", name: "\(module).py", bytes: PackageResources.testmon_xdist_plugin_py),
      File(folder: distribution, name: "METADATA", bytes: Array(metadata.utf8)),
      File(folder: distribution, name: "entry_points.txt", bytes: Array(entryPoints.utf8)),
    ] + package.map { File(folder: "testmon_xdist", name: "\($0).py", bytes: $1) }
  }

  private static var package: [(module: String, source: [UInt8])] {
    [
      ("__init__", PackageResources.__init___py),
      ("below_command", PackageResources.below_command_py),
      ("blocks", PackageResources.blocks_py),
      ("border", PackageResources.border_py),
      ("causes", PackageResources.causes_py),
      ("changes", PackageResources.changes_py),
      ("collection", PackageResources.collection_py),
      ("companion", PackageResources.companion_py),
      ("controlling", PackageResources.controlling_py),
      ("cores", PackageResources.cores_py),
      ("delivery", PackageResources.delivery_py),
      ("durations", PackageResources.durations_py),
      ("executable", PackageResources.executable_py),
      ("facts", PackageResources.facts_py),
      ("handover", PackageResources.handover_py),
      ("measuring", PackageResources.measuring_py),
      ("messages", PackageResources.messages_py),
      ("misspelt", PackageResources.misspelt_py),
      ("nodeids", PackageResources.nodeids_py),
      ("other_pythons", PackageResources.other_pythons_py),
      ("planning", PackageResources.planning_py),
      ("plugin", PackageResources.plugin_py),
      ("probe", PackageResources.probe_py),
      ("progress", PackageResources.progress_py),
      ("receiver", PackageResources.receiver_py),
      ("rehearsal", PackageResources.rehearsal_py),
      ("schedulers", PackageResources.schedulers_py),
      ("scheduling", PackageResources.scheduling_py),
      ("settings", PackageResources.settings_py),
      ("testmon_api", PackageResources.testmon_api_py),
      ("testmon_collector", PackageResources.testmon_collector_py),
      ("testmon_data", PackageResources.testmon_data_py),
      ("testmon_db", PackageResources.testmon_db_py),
      ("text", PackageResources.text_py),
      ("unknown_tests", PackageResources.unknown_tests_py),
      ("variables", PackageResources.variables_py),
      ("work", PackageResources.work_py),
      ("wrapper", PackageResources.wrapper_py),
      ("xdist_api", PackageResources.xdist_api_py),
      ("xdist_worker", PackageResources.xdist_worker_py),
    ]
  }
}

/// Scripts that look at a Python.
public enum PythonInspection {
  /// Tells which versions it has of the packages that count.
  public static var ofPackages: [UInt8] { PackageResources.inspect_python_py }
  /// Tells that, and then has pytest read its configuration.
  public static var ofPackagesAndPytest: [UInt8] { ofPackages + PackageResources.rehearse_py }
}
