extension CommandTable {
  static let cleanup = CommandDefinition(
    .cleanup, brief: "end the run, or remove what an interrupted one left",
    usage: "[OPTIONS]",
    description: [
      """
      Ends a run that `controller --detach` keeps open, or removes the coordination files that an interrupted run left \
      behind. Takes nothing that another live run needs, unless `--force` says so, ends no process but one that holds \
      the run's lock, and never touches the data file. Says what it did and what it left.
      """
    ],
    options: [
      OptionDefinition(
        .dryRun, brief: "Say what would be done; do nothing", long: "Say what would be done, and do none of it."),
      OptionDefinition(
        .force, short: "f", brief: "End a live run, too",
        long: "End a run that is alive, and remove its files; its workers may fail."),
    ],
    exitStatuses: [.done, .problemFound, .usage, .timedOut, .busy, .coordination, .bug],
    examples: [
      Example("testmon-xdist cleanup --dry-run", "See what is left over."),
      Example("testmon-xdist cleanup", "End the run of `controller --detach`."),
    ])
}
