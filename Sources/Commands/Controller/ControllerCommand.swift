import CommandLine
import Platform

/// `testmon-xdist controller`: holds a run, for a pytest, for a command, or until it is told to end.
struct ControllerCommand {
  private let options: ControllerOptions
  private let context: Context

  init(_ options: ControllerOptions, _ context: Context) {
    self.options = options
    self.context = context
  }

  /// Runs a command as if it weren't wrapped, where we can't name the folder that we are in.
  static func goOnWithoutUs(_ command: [String], _ common: CommonOptions) throws -> Int32 {
    Diagnostics(common, processEnvironment()).warning(
      "\(Failure.pathIsNoText.message); the command runs without coordination")
    return try CommandProcess(command, environment: [:]).run().end.shellStatus
  }

  func run() throws -> Int32 {
    if let release = options.companion { return try Companion(testmon: release, context).run() }
    try requireProcessIdentities()
    if let command = options.command { return try CommandRun(command, options, context).run() }
    if options.detach { return try Detachment.start(programArguments()) }
    return try HeldRun(options, context).run()
  }
}
