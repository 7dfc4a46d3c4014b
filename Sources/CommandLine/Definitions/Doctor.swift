extension CommandTable {
  static let doctor = CommandDefinition(
    .doctor, brief: "find out why it doesn't work, and what to do",
    usage: "[OPTIONS]",
    description: [
      """
      Checks settings, /proc, Python, pytest, testmon, xdist, the data file, the coordination files and the file system, and \
      says of each problem what causes it and what to do next. Changes nothing without `--fix`.
      """
    ],
    options: [
      OptionDefinition(
        .json, brief: "Print JSON", long: "Print one JSON object with a `schema` number instead of text."),
      OptionDefinition(
        .fix, brief: "Do the safe part of what it suggests",
        long: "Do the part of what it suggests that can't lose anything, and say what was done."),
      pythonOption,
    ],
    exitStatuses: [.done, .problemFound, .usage, .bug],
    examples: [
      Example("testmon-xdist doctor", "What is wrong?"),
      Example("testmon-xdist doctor --python .venv/bin/python", "What is wrong in that environment?"),
    ])
}
