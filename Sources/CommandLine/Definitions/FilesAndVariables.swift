import Variables

/// A variable or a file, and what it is for: for help and the manual page.
public struct DocumentedName: Sendable {
  public let name: String
  public let meaning: String

  init(_ name: String, _ meaning: String) {
    self.name = name
    self.meaning = meaning
  }
}

extension CommandTable {
  /// Environment variables that aren't settings.
  public static let variables: [DocumentedName] = [
    DocumentedName("NO_COLOR", "Set and not empty: no colour, unless `--color always` asks for it."),
    DocumentedName("TERM", "`dumb`: no colour, unless `--color always` asks for it."),
    DocumentedName("XDG_CONFIG_HOME", "Where the user's settings are, an absolute path; default `~/.config`."),
    DocumentedName(
      EnvironmentVariable.dataFile.rawValue,
      "testmon's own: the data file, relative to the rootdir; default `.testmondata`."),
    DocumentedName(
      EnvironmentVariable.executable.rawValue,
      "Where the pytest plugin finds this program; default: beside its Python, else in `PATH`."),
    DocumentedName(
      "VIRTUAL_ENV, CONDA_PREFIX", "The environment that is active, whose Python is asked without `--python`."),
    DocumentedName("COVERAGE_CORE", "coverage's own: by which of its cores testmon records."),
    DocumentedName("XDG_CACHE_HOME", "Where the plugin for wrapped commands is kept; default `~/.cache`."),
  ]

  /// The files that the program reads or writes.
  public static let files: [DocumentedName] = [
    DocumentedName("$XDG_CONFIG_HOME/testmon-xdist/config.toml", "The user's settings."),
    DocumentedName(
      "testmon-xdist.toml, .testmon-xdist.toml, pyproject.toml",
      "The project's settings, in ROOTDIR: the first of the three that has any; `[tool.testmon-xdist]` in the last."),
    DocumentedName(
      ".testmondata", "testmon's data. Workers only read it; what a run needs in it is made in one transaction."),
    DocumentedName(
      ".testmondata.vN.bak",
      "A data file of another data version, N, that the installed testmon would have deleted."),
    DocumentedName(".testmondata.before-fix", "A copy of the data file, from before `doctor --fix` changed it."),
    DocumentedName(
      ".testmon_xdist/",
      "`lock`, `session`, `controller_ready.json`, `worker_ID_ready` and `progress.json` of the run that is going on; "
        + "gone when it is over."),
    DocumentedName(
      ".pytest_cache/d/testmon-xdist/history.db",
      "Past runs, for `status --history`, and what they took, for the number of workers."),
    DocumentedName(
      ".pytest_cache/v/testmon-xdist/",
      "Which files have no test, and what was in changed files, so that causes can be named."),
    DocumentedName("$XDG_CACHE_HOME/testmon-xdist/", "The pytest plugin, for wrapped commands."),
  ]
}
