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

  func run() throws -> Int32 {
    if let release = options.companion { return try Companion(testmon: release, context).run() }
    try requireProcessIdentities()
    if let command = options.command { return try CommandRun(command, options, context).run() }
    if options.detach { return try Detachment.start(programArguments()) }
    return try HeldRun(options, context).run()
  }
}
