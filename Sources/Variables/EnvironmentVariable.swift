/// The environment variables by which the processes of one run tell each other things: the executable, the pytest plugin
/// (which has the same list in its `variables` module), and the commands between them.
///
/// "Documented" ones are promised to users, in `testmon-xdist worker --help` or docs/settings.md; of the others name and meaning
/// may change with any release. Settings have variables, too: those are in `Settings`.
public enum EnvironmentVariable: String, CaseIterable, Sendable {
  // MARK: Which run this is. Documented, but for the data version and the rootdir.

  /// The id of the run that a process was started in.
  ///
  /// Set by `controller -- COMMAND` and by `worker ID`; by the plugin for the `worker` that it starts. Read by every
  /// command, which then belongs to that run instead of waiting for it to end.
  case runID = "TESTMON_XDIST_RUN_ID"

  /// The name of the worker that a process is part of.
  ///
  /// Set by `worker ID`. Read by the plugin: a pytest that has it reads the shared data and stores nothing.
  case workerID = "TESTMON_XDIST_WORKER_ID"

  /// The `id` of the environment's row in the data file, a whole number.
  ///
  /// Set by `worker ID`. Read by `worker ID --reader`, which the plugin of a pytest below it asks.
  case environmentID = "TESTMON_XDIST_ENVIRONMENT_ID"

  /// testmon's own: the data file. Set by users, relative to the rootdir; by `worker ID`, absolute. Read by testmon, by
  /// `worker ID --reader`, and by the commands that look at the data file without asking testmon (`status`, `doctor`).
  case dataFile = "TESTMON_DATAFILE"

  /// The data version that the run is prepared for, a whole number. Set by `worker ID`, read by `worker ID --reader`.
  case dataVersion = "TESTMON_XDIST_DATA_VERSION"

  /// The rootdir of the run, absolute. Set by `worker ID`, read by `worker ID --reader`, which refuses another one.
  case rootdir = "TESTMON_XDIST_ROOTDIR"

  // MARK: What a wrapping controller was told, for the controllers below it. Not documented.

  /// `--config`, absolute. Set by `controller -- COMMAND`, read by every command below.
  case config = "TESTMON_XDIST_CONFIG"

  /// `--environment`. Set by `controller -- COMMAND`, and by `worker ID -- COMMAND` where the run's controller was given
  /// it. Read by the plugin, as if it were pytest's `--testmon-env`.
  case environmentName = "TESTMON_XDIST_ENVIRONMENT"

  /// `--quiet`: set where that was given. Set by `controller -- COMMAND`, read by every command below.
  case quiet = "TESTMON_XDIST_QUIET"

  /// `--workers`, a whole number. Set by `controller -- COMMAND`, read by the companions of the pytests below.
  case workers = "TESTMON_XDIST_WORKERS"

  // MARK: How a pytest below a command finds the plugin, and that the executable.

  /// Where the executable is, absolute. Set by `controller --` and `worker ID --`, or by users: documented. Read by the
  /// plugin, which else looks beside its Python and in PATH.
  case executable = "TESTMON_XDIST_EXECUTABLE"

  /// The folder that was put into PYTHONPATH for the plugin. Set by `controller --` and `worker ID --`; read by the
  /// plugin, which takes it out again of what the tests see. Not documented.
  case pluginPath = "TESTMON_XDIST_PLUGIN_PATH"

  /// Names of variables, with spaces between, that the user hasn't set, but a command of ours has. Set by `controller --`
  /// and `worker ID --`; read by the plugin, which takes them away from what the tests see. Not documented.
  case added = "TESTMON_XDIST_ADDED"

  /// What the names of our own variables begin with, those of the settings included.
  public static let prefix = "TESTMON_XDIST_"
}

extension EnvironmentVariable: CustomStringConvertible {
  /// The variable's name.
  public var description: String { rawValue }
}

extension [String: String] {
  /// The value of a variable; nil where it isn't set.
  public subscript(variable: EnvironmentVariable) -> String? { self[variable.rawValue] }

  /// nil also where it is empty, as whoever unsets a variable may write it.
  public func nonEmpty(_ variable: EnvironmentVariable) -> String? {
    self[variable].flatMap { $0.isEmpty ? nil : $0 }
  }
}

extension [String: String?] {
  /// The change of a variable: its new value, or nil to unset it. `nil` in place of the change leaves it as it is.
  public subscript(variable: EnvironmentVariable) -> String?? {
    get { self[variable.rawValue] }
    set { self[variable.rawValue] = newValue }
  }
}
