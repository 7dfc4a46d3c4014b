extension CommandTable {
  static let doctor = CommandDefinition(
    .doctor, brief: "find out why it doesn't work, and what to do",
    usage: "[OPTIONS]",
    description: [
      """
      Has pytest read its configuration as a run would, starts what a run would start, and takes and gives back what a run \
      would take. Says of each problem what causes it and what to do next. Changes nothing without `--fix`.
      """
    ],
    options: [
      OptionDefinition(
        .json, brief: "Print JSON", long: "Print one JSON object instead of text; docs/doctor.md describes it."),
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
