import CommandLine
import Platform
import Settings

/// The program: `main.swift` only starts it, so that tests reach what it is made of.
public enum Program {
  /// Understands the arguments, does what they say, and gives the exit status.
  public static func run(_ arguments: [String]) -> Int32 {
    Signals.ignoreFailedWrites()
    do {
      return perform(try Request(arguments))
    } catch {
      let style = Style(.auto, isTerminal: Output.error.isTerminal, environment: CurrentProcess.environment)
      Diagnostics(style: style, debug: false, quiet: false).error(error)
      return error.exitStatus.rawValue
    }
  }

  private static func perform(_ request: Request) -> Int32 {
    switch request {
    case .version:
      return perform(CommonOptions()) { try showOnly("testmon-xdist \(version)\n") }
    case .help(let command, let length):
      return perform(CommonOptions()) { try showOnly(HelpText.text(for: command, length)) }
    case .generate(let file):
      return perform(CommonOptions()) { try showOnly(file.contents) }
    case .controller(let options, let common):
      return control(options, common, role: request.role)
    case .worker(let options, let common):
      let flags = FlagOverrides(debug: common.debug, timeout: options.timeout)
      if let version = options.reader {
        return answer(version, common, flags, role: request.role) { try ReaderCheck($0).run() }
      }
      return perform(common, flags, role: request.role, hasCommand: options.command != nil) {
        try WorkerCommand(options, $0).run()
      }
    case .status(let options, let common):
      return perform(common, role: request.role) { try StatusCommand(options, color: common.color, $0).run() }
    case .cleanup(let options, let common):
      return perform(common, role: request.role) { try CleanupCommand(options, $0).run() }
    case .doctor(let options, let common):
      return perform(common) { try DoctorCommand(options, common).run() }
    }
  }

  /// `testmon-xdist controller`: holds a run for a pytest, for a command, or until it is told to end.
  private static func control(_ options: ControllerOptions, _ common: CommonOptions, role: String) -> Int32 {
    let flags = FlagOverrides(debug: common.debug, timeout: options.timeout)
    if let version = options.companion {
      return answer(version, common, flags, role: role) { try CompanionController($0).run() }
    }
    if let version = options.compare {
      return perform(common, report: PluginAnswer.report) {
        try PluginProtocol.check(version)
        return try PythonComparison.run()
      }
    }
    guard let command = options.command else {
      return perform(common, flags, role: role) {
        try ProcessIdentity.requireKnown()
        return options.detach
          ? try Detachment.start(CurrentProcess.arguments) : try HoldingController(options, $0).run()
      }
    }
    // Where we can't name the folder that we are in.
    if !WorkingFolder.isText {
      return perform(common, hasCommand: true) { try WrappingController.runUncoordinated(command, common) }
    }
    return perform(common, flags, role: role, hasCommand: true) {
      try ProcessIdentity.requireKnown()
      return try WrappingController(command, options, $0).run()
    }
  }

  /// Runs what the pytest plugin has started, which gets an error as its answer: pytest shows it.
  /// - Parameter version: the plugin's, of the protocol.
  private static func answer(
    _ version: String, _ common: CommonOptions, _ flags: FlagOverrides, role: String,
    _ body: (Context) throws -> Int32
  ) -> Int32 {
    perform(common, flags, role: role, report: PluginAnswer.report) {
      try PluginProtocol.check(version)
      return try body($0)
    }
  }

  /// Runs a command with what every command works with; an error is reported and becomes the exit status.
  private static func perform(
    _ common: CommonOptions, _ flags: FlagOverrides? = nil, role: String, hasCommand: Bool = false,
    report: ((CommandFailure) -> Void)? = nil, _ body: (Context) throws -> Int32
  ) -> Int32 {
    perform(common, hasCommand: hasCommand, report: report) {
      let flags = flags ?? FlagOverrides(debug: common.debug, timeout: nil)
      let context = try Context(common, flags, CurrentProcess.environment, role: role)
      do {
        return try body(context)
      } catch {
        context.diagnostics.debug(CommandFailure(error).details)
        throw error
      }
    }
  }

  /// The same for what works without a project and settings.
  private static func perform(
    _ common: CommonOptions, hasCommand: Bool = false, report: ((CommandFailure) -> Void)? = nil,
    _ body: () throws -> Int32
  ) -> Int32 {
    do {
      return try body()
    } catch {
      let failure = CommandFailure(error)
      if let signal = failure.signal { Signals.end(by: signal) }
      if let report {
        report(failure)
      } else {
        for message in failure.messages { Diagnostics(common, CurrentProcess.environment).error(message) }
      }
      return (hasCommand ? failure.statusWithCommand : failure.status).rawValue
    }
  }

  private static func showOnly(_ text: String) throws -> Int32 {
    try Results.show(text)
    return ExitStatus.done.rawValue
  }
}
