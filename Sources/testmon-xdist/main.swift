import CommandLine
import Glibc
import Platform
import Settings

Signals.ignoreFailedWrites()
exit(run(programArguments()))

/// Understands the arguments, does what they say, and gives the exit status.
private func run(_ arguments: [String]) -> Int32 {
  let request: Request
  do {
    request = try Request(arguments)
  } catch {
    let style = Style(.auto, isTerminal: Output.error.isTerminal, environment: processEnvironment())
    Diagnostics(style: style, debug: false, quiet: false).error(error)
    return error.exitStatus.rawValue
  }
  switch request {
  case .version:
    return perform(CommonOptions()) { try showOnly("testmon-xdist \(version)\n") }
  case .help(let command, let length):
    return perform(CommonOptions()) { try showOnly(HelpText.text(for: command, length)) }
  case .generate(let file):
    return perform(CommonOptions()) { try showOnly(file.contents) }
  case .controller(let options, let common):
    let flags = FlagOverrides(debug: common.debug, timeout: options.timeout)
    if let command = options.command, !currentFolderIsText {
      return perform(common, hasCommand: true) { try ControllerCommand.goOnWithoutUs(command, common) }
    }
    // The plugin gets an error as its answer, and pytest shows it.
    let report = options.companion == nil ? nil : Companion.report
    return perform(common, flags, hasCommand: options.command != nil, report: report) {
      try ControllerCommand(options, $0).run()
    }
  case .worker(let options, let common):
    let flags = FlagOverrides(debug: common.debug, timeout: options.timeout)
    return perform(common, flags, hasCommand: options.command != nil) { try WorkerCommand(options, $0).run() }
  case .status(let options, let common):
    return perform(common) { try StatusCommand(options, color: common.color, $0).run() }
  case .cleanup(let options, let common):
    return perform(common) { try CleanupCommand(options, $0).run() }
  case .doctor(let options, let common):
    return perform(common) { try DoctorCommand(options, common).run() }
  }
}

/// Runs a command with what every command works with; an error is told and becomes the exit status.
private func perform(
  _ common: CommonOptions, _ flags: FlagOverrides? = nil, hasCommand: Bool = false,
  report: ((Failure) -> Void)? = nil, _ body: (Context) throws -> Int32
) -> Int32 {
  perform(common, hasCommand: hasCommand, report: report) {
    let flags = flags ?? FlagOverrides(debug: common.debug, timeout: nil)
    return try body(Context(common, flags, processEnvironment()))
  }
}

/// Runs something; an error is told and becomes the exit status.
private func perform(
  _ common: CommonOptions, hasCommand: Bool = false, report: ((Failure) -> Void)? = nil, _ body: () throws -> Int32
) -> Int32 {
  do {
    return try body()
  } catch {
    let failure = Failure(error)
    if let report {
      report(failure)
    } else {
      for message in failure.messages { Diagnostics(common, processEnvironment()).error(message) }
    }
    return (hasCommand ? failure.statusWithCommand : failure.status).rawValue
  }
}

private func showOnly(_ text: String) throws -> Int32 {
  try show(text)
  return ExitStatus.done.rawValue
}
