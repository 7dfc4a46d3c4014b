extension CommandTable {
  /// How many past runs `--history` shows when it is given no number.
  public static let defaultHistory = 20

  static let status = CommandDefinition(
    .status, brief: "show the run, the data file and past runs",
    usage: "[OPTIONS]",
    description: [
      """
      Shows who holds the run and since when, which workers are ready and after how long, and the data file: its size, \
      data version, journal mode, environments and tests. Changes nothing.
      """
    ],
    options: [
      OptionDefinition(
        .json, brief: "Print JSON", long: "Print one JSON object with a `schema` number instead of text."),
      OptionDefinition(
        .watch, brief: "Stay, and show every change",
        long: """
          Stay, and show every change until Ctrl-C: on a terminal redrawn in place, with how many of the tests are done \
          and how long the others will take; elsewhere, also where `TERM` is `dumb`, a line for each change; with \
          `--json` an object on a line of its own for each. The exit status is that of what was seen last.
          """),
      OptionDefinition(
        .history, argument: .optionalNumber(metavar: "N"), defaultText: "\(defaultHistory) where N is left out",
        brief: "Show the last N runs, too",
        long:
          "Show the last N runs, too: when, how long it took, how many of the tests ran, how much longer it would have taken "
          + "without testmon (about), how many workers and how long they took to be ready, how it ended. In the bars, the "
          + "dark part is the time taken, the light part the time saved."),
      OptionDefinition(
        .why, argument: .optionalText(metavar: "TEST"), defaultText: "the last run where TEST is left out",
        brief: "Show why the last run's tests ran, too",
        long:
          "Show why the tests of the last run ran, too, and what was not needed. With the node id of a test: why that one "
          + "ran, or why it didn't."),
      OptionDefinition(
        .plan, brief: "Show what a run would do, too",
        long:
          "Show what `pytest --testmon -n auto` would do now, without running a test: how many tests, because of which "
          + "changed files, how long it would take with how many workers, and how many it would start. What pytest.ini, "
          + "pyproject.toml or `PYTEST_ADDOPTS` add to pytest's options counts."),
      OptionDefinition(
        .settings, brief: "Show the settings and their origins, too",
        long: """
          Show the value of each setting, too, and where it comes from: the default, a file with line and column, a \
          variable or an option; and what else says something of it, which doesn't count.
          """),
      pythonOption,
    ],
    exitStatuses: [.done, .problemFound, .usage, .dataFile, .coordination, .bug],
    examples: [
      Example("testmon-xdist status", "Is a run going on, and is the data file in order?"),
      Example("testmon-xdist status --history 5", "How did the last five runs go?"),
      Example("testmon-xdist status --watch", "How far is the run?"),
      Example("testmon-xdist status --settings", "Which settings hold, and who has set them?"),
      Example("testmon-xdist status --why", "Why did those tests run?"),
      Example(
        "testmon-xdist status --why tests/test_a.py::test_b", "Why did this test run, or why didn't it?"),
      Example("testmon-xdist status --plan", "Which tests would run now, on how many workers, and how long?"),
      Example("testmon-xdist status --json", "The same for a script."),
    ])
}
