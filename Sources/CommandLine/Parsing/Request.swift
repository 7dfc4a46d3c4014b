/// How much help to print.
public enum HelpLength: Equatable, Sendable {
  /// `-h`: a line an option.
  case short
  /// `--help` and `help COMMAND`: the whole story.
  case long
}

/// What the user wants: the high-level half of the parser's result, checked and typed.
public enum Request: Equatable, Sendable {
  /// Print help, of the program where the command is nil.
  case help(CommandName?, HelpLength)
  case version
  /// Print a file that is generated from ``CommandTable``.
  case generate(GeneratedFile)
  case controller(ControllerOptions, CommonOptions)
  case worker(WorkerOptions, CommonOptions)
  case status(StatusOptions, CommonOptions)
  case cleanup(CleanupOptions, CommonOptions)
  case doctor(DoctorOptions, CommonOptions)

  /// Understands the arguments.
  ///
  /// - Parameter arguments: without the program's own name.
  public init(_ arguments: [String]) throws(UsageError) {
    self = try RequestBuilder(Parser.parse(arguments), arguments).build()
  }

  /// Which part the process plays, as debug lines name it.
  public var role: String {
    switch self {
    case .controller: CommandName.controller.rawValue
    case .worker(let options, _): "\(CommandName.worker.rawValue) \(options.id)"
    case .status: CommandName.status.rawValue
    case .cleanup: CommandName.cleanup.rawValue
    case .doctor: CommandName.doctor.rawValue
    case .help, .version, .generate: CommandTable.program
    }
  }
}
