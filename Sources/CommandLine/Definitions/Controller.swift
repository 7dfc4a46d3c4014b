import Settings

extension CommandTable {
  static let controller = CommandDefinition(
    .controller, brief: "prepare the data; run COMMAND or hold the run open",
    usage: "[OPTIONS] [-- COMMAND [ARG ...]]",
    description: [
      """
      Takes the run's lock, makes everything in the data file that workers need, and tells them that it is ready. Then \
      runs COMMAND with the pytest plugin in its environment. Without COMMAND it holds the run open until it is \
      interrupted or `cleanup` ends it, or, without `--detach`, until the process that started it ends. Cleans up at the \
      end.
      """,
      """
      Watches workers acknowledge, and warns when some take too long, without stopping anything. Passes signals on to \
      COMMAND; the exit status is COMMAND's.
      """,
      """
      Inside the run of another controller, COMMAND is part of that one's run; without COMMAND it is an error. While a \
      pytest of an earlier run is still alive, no other begins, whatever has become of its controller.
      """,
    ],
    takesCommand: true,
    options: [
      OptionDefinition(
        .workers, argument: .required(metavar: "N"), defaultText: "what pytest-xdist reports, else not checked",
        brief: "Expect N workers",
        long: "Expect this many workers, from 1 to 4096, and warn if fewer are ready in time."),
      OptionDefinition(
        .timeout, short: "t", argument: .required(metavar: "SECONDS"),
        defaultText: "the setting \(Settings.workerTimeout.key)",
        brief: "Warn if workers aren't ready after SECONDS",
        long: """
          How long workers may take to be ready before a warning, in seconds (\(Settings.workerTimeout.values)); \
          fractions are fine (`2.5`).
          """),
      OptionDefinition(
        .environment, argument: .required(metavar: "NAME"), defaultText: "what testmon itself would use",
        brief: "Use testmon's environment NAME",
        long: "The testmon environment to prepare, as in pytest's `--testmon-env`."),
      pythonOption,
      OptionDefinition(
        .detach, brief: "Return when the data is ready; keep the run open",
        long: """
          Return as soon as the data is ready, and keep the run open in the background until `testmon-xdist cleanup` \
          ends it. Not together with COMMAND.
          """),
      OptionDefinition(
        .companion, argument: .required(metavar: "PROTOCOL"), brief: "Serve the pytest plugin", hidden: true),
      OptionDefinition(
        .compare, argument: .required(metavar: "PROTOCOL"), brief: "Compare Pythons for the pytest plugin", hidden: true
      ),
      OptionDefinition(.detached, brief: "Be the background half of --detach", hidden: true),
    ],
    exitStatuses: ExitStatus.allCases.filter { $0 != .problemFound },
    examples: [
      Example("testmon-xdist controller -- pytest --testmon -n 4", "Run pytest in parallel."),
      Example("testmon-xdist controller -- make test", "Coordinate every pytest below another command."),
      Example("testmon-xdist controller --workers 2 --detach", "Prepare, and go on in the shell."),
    ])

  /// `--python`, as the controller and the doctor take it.
  static let pythonOption = OptionDefinition(
    .python, argument: .required(metavar: "PATH"),
    defaultText: "an active virtual or conda environment's, else .venv's in ROOTDIR, else python3 or python in PATH",
    brief: "Ask the Python interpreter at PATH",
    long: """
      The Python interpreter whose testmon and packages the run uses: a path, or a name to look up in `PATH`. Without \
      it, `.venv` in ROOTDIR is used only where nobody but this user and root could have put it there.
      """,
    completion: .executable)
}
