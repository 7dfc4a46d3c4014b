import Settings
import Variables

extension CommandTable {
  static let worker = CommandDefinition(
    .worker, brief: "wait for the controller, acknowledge, then run COMMAND",
    usage: "ID [OPTIONS] [-- COMMAND [ARG ...]]",
    description: [
      """
      Waits until the controller has prepared the data, checks that the run is alive and that the data file can be \
      read and holds its environment, and acknowledges as ID. Then prints what it learned, or runs COMMAND with it in \
      the environment: `\(EnvironmentVariable.runID)`, `\(EnvironmentVariable.workerID)`, \
      `\(EnvironmentVariable.environmentID)` and `\(EnvironmentVariable.dataFile)`.
      """,
      """
      A pytest below COMMAND selects tests from the shared data and stores nothing.
      """,
      """
      ID is 1 to 64 letters, digits, dots, underscores and dashes, and starts with none of `.` and `-`; `gw0` is what \
      pytest-xdist would say.
      """,
    ],
    maximumOperands: 1, takesCommand: true,
    options: [
      OptionDefinition(
        .timeout, short: "t", argument: .required(metavar: "SECONDS"),
        defaultText: "the setting \(Settings.workerTimeout.key)",
        brief: "Give up after SECONDS",
        long: """
          How long to wait for the controller, in seconds (\(Settings.workerTimeout.values)); fractions are fine \
          (`2.5`).
          """),
      OptionDefinition(
        .json, brief: "Print JSON",
        long: "Print what was learned as one JSON object with a `schema` number. Not together with `--export`."),
      OptionDefinition(
        .export, brief: "Print export lines for eval",
        long: """
          Print what was learned as lines for a POSIX shell: `eval "$(testmon-xdist worker gw0 --export)"`. Not \
          together with `--json`.
          """),
      OptionDefinition(
        .reader, argument: .required(metavar: "PROTOCOL"), brief: "Tell the pytest plugin what to read", hidden: true),
    ],
    exitStatuses: ExitStatus.allCases.filter { ![.problemFound, .busy].contains($0) },
    examples: [
      Example("testmon-xdist worker gw0 -- pytest --testmon tests/unit", "Run pytest as a reader of the shared data."),
      Example("eval \"$(testmon-xdist worker gw0 --export)\"", "Take what was learned into this shell."),
    ])
}
