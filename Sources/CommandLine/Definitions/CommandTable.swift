import Settings

/// The one list of commands and options: parsing, help, the manual page and the completions come from here.
public enum CommandTable {
  /// The program's name, as users type it.
  public static let program = "testmon-xdist"

  /// One line, without a full stop.
  public static let brief = "make pytest-testmon safe and fast in parallel"

  /// What the program is, for `--help` and the manual page.
  public static let description = [
    """
    `testmon-xdist` lets pytest-testmon work under pytest-xdist. One process, the controller, makes everything in \
    `.testmondata` that a run needs before any worker looks at it; workers wait for its signal, acknowledge, and \
    never write.
    """
  ]

  /// The commands, in the order in which help shows them.
  public static let commands: [CommandDefinition] = [controller, worker, status, cleanup, doctor, help]

  /// The definition of a command.
  public static func definition(of name: CommandName) -> CommandDefinition {
    switch name {
    case .controller: controller
    case .worker: worker
    case .status: status
    case .cleanup: cleanup
    case .doctor: doctor
    case .help: help
    }
  }

  /// The options that may be given with a command, or, with nil, before it is known.
  public static func options(for command: CommandName?) -> [OptionDefinition] {
    guard let command else { return common + topLevel }
    return definition(of: command).options + common
  }

  /// The three ways to use the program, for `--help` and the manual page.
  public static let examples: [Example] = [
    Example(
      "\(Settings.enabled.variable)=true pytest --testmon -n 4",
      "Set a variable: with the Python package installed, any pytest coordinates by itself."),
    Example(
      "testmon-xdist controller -- pytest --testmon -n 4",
      "Wrap a command: nothing needs to be installed in the Python environment."),
    Example(
      """
      testmon-xdist controller --workers 2 --detach
      testmon-xdist worker gw0 -- pytest --testmon tests/unit &
      testmon-xdist worker gw1 -- pytest --testmon tests/api &
      wait
      testmon-xdist cleanup
      """,
      "Compose in the shell: several pytest processes read one data file, and store nothing."),
  ]
}
