import Settings

extension CommandTable {
  /// The options that every command takes, before or after its name.
  public static let common: [OptionDefinition] = [
    OptionDefinition(
      .rootdir, argument: .required(metavar: "DIR"), defaultText: "found as pytest finds its rootdir",
      brief: "Work in the project DIR",
      long: """
        The project's folder, where the data file and `.testmon_xdist/` are. Give the same folder to every command of \
        one run, and the one that pytest reports as its rootdir.
        """,
      completion: .directory),
    OptionDefinition(
      .config, short: "c", argument: .required(metavar: "FILE"), defaultText: "the project's own settings",
      brief: "Read FILE instead of the project's settings",
      long: """
        Read settings from this TOML file instead of the project's `testmon-xdist.toml`, `.testmon-xdist.toml` or \
        `pyproject.toml`. The file must exist. Its settings stand at the top level, or, in a file named \
        `pyproject.toml`, in `[tool.testmon-xdist]`.
        """,
      completion: .file),
    OptionDefinition(
      .debug, brief: "Say on stderr what happens and why",
      long: """
        \(Settings.debug.summary) The same as the setting `\(Settings.debug.key)`. Each line has the time, which process \
        it is of, and its process id: `testmon-xdist: debug: 15:04:05.123 worker gw0[4711]: ...`.
        """),
    OptionDefinition(
      .quiet, short: "q", brief: "Say nothing but errors on stderr",
      long: """
        Say nothing on stderr but errors: no notes, no warnings, no debug lines. Results still go to stdout, but \
        `cleanup` says only what it had to leave, and a pytest below COMMAND has no line of ours in its header.
        """),
    OptionDefinition(
      .color, argument: .required(metavar: "WHEN"), defaultText: "auto",
      brief: "Use colour: auto, always or never",
      long: """
        `auto` uses colour on a terminal, unless `NO_COLOR` is set and not empty or `TERM` is `dumb`; `always` and \
        `never` do what they say.
        """,
      completion: .choices(ColorChoice.allCases.map(\.rawValue))),
    OptionDefinition(
      .help, short: "h", brief: "Print help; --help says more than -h",
      long: "Print help and exit: `-h` a summary, `--help` the whole story."),
  ]

  /// The options that stand before a command, or alone.
  public static let topLevel: [OptionDefinition] = [
    OptionDefinition(.version, short: "V", brief: "Print the version", long: "Print the version and exit."),
    OptionDefinition(
      .generate, argument: .required(metavar: "WHAT"), brief: "Print a generated file",
      completion: .choices(GeneratedFile.allCases.map(\.rawValue)), hidden: true),
  ]
}
