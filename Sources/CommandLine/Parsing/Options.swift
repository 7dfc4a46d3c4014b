/// The options of every command.
public struct CommonOptions: Equatable, Sendable {
  /// `--rootdir`, as it was given; nil: find it.
  public var rootdir: String?
  /// `--config`, as it was given: relative to the working folder, not to the rootdir.
  public var config: String?
  public var debug = false
  public var quiet = false
  public var color = ColorChoice.auto

  public init(
    rootdir: String? = nil, config: String? = nil, debug: Bool = false, quiet: Bool = false, color: ColorChoice = .auto
  ) {
    self.rootdir = rootdir
    self.config = config
    self.debug = debug
    self.quiet = quiet
    self.color = color
  }
}

/// The options of `controller`.
public struct ControllerOptions: Equatable, Sendable {
  /// 1...4096; nil: not said.
  public var workers: Int?
  /// In seconds, in the range of the setting; nil: the setting rules.
  public var timeout: Double?
  /// testmon's environment name.
  public var environment: String?
  /// A path, or a name to look up in PATH.
  public var python: String?
  public var detach = false
  /// Hidden: serve the pytest plugin that started this process, and whose messages have this protocol number.
  public var companion: String?
  /// Hidden: compare Pythons for the plugin, whose messages have this protocol number.
  public var compare: String?
  /// Hidden: be the background half of `--detach`.
  public var detached = false
  /// COMMAND and its arguments; never empty, never together with `detach`. They are the last of the arguments that were
  /// parsed: a String can't hold every byte string, so COMMAND is run from the process's own argument vector.
  public var command: [String]?
}

/// The options of `worker`.
public struct WorkerOptions: Equatable, Sendable {
  /// How `worker` prints what it learned.
  public enum Output: Equatable, Sendable { case human, json, export }

  /// Fit for a file name: see ``WorkerID``.
  public var id: String
  /// In seconds, in the range of the setting; nil: the setting rules.
  public var timeout: Double?
  public var output = Output.human
  /// Hidden: tell the plugin what a pytest below COMMAND is to read; its messages have this protocol number.
  public var reader: String?
  /// COMMAND and its arguments, as in ``ControllerOptions/command``.
  public var command: [String]?
}

/// The options of `status`.
public struct StatusOptions: Equatable, Sendable {
  /// What `--why` asks: why the last run's tests ran, or one of them.
  public enum Why: Equatable, Sendable {
    case lastRun
    case test(String)
  }

  public var json = false
  public var watch = false
  /// How many past runs to show, 1...1000000; nil: none.
  public var history: Int?
  public var plan = false
  /// Show each setting, too, and where its value comes from.
  public var settings = false
  public var why: Why?
  /// A path, or a name to look up in PATH: whose pytest the plan is for.
  public var python: String?
}

/// The options of `cleanup`.
public struct CleanupOptions: Equatable, Sendable {
  public var dryRun = false
  public var force = false
}

/// The options of `doctor`.
public struct DoctorOptions: Equatable, Sendable {
  public var json = false
  public var fix = false
  /// A path, or a name to look up in PATH.
  public var python: String?
}
