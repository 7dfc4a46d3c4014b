extension CommandTable {
  static let help = CommandDefinition(
    .help, brief: "print the help of a command",
    usage: "[COMMAND]",
    description: ["Prints what `COMMAND --help` prints, or, without COMMAND, what `testmon-xdist --help` prints."],
    maximumOperands: 1, options: [],
    exitStatuses: [.done, .usage],
    examples: [Example("testmon-xdist help controller", "All about the controller.")])
}
