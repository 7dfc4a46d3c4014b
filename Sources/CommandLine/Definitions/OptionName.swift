/// Every option of every command; the raw value is its long name, without the dashes.
///
/// An option keeps one meaning wherever it appears: `--json` of status and of doctor are the same case.
public enum OptionName: String, CaseIterable, Sendable {
  case rootdir, config, debug, quiet, color, help
  case version, generate
  case workers, timeout, environment, python, detach, detached, companion, compare, reader
  case json, export
  case watch, history, plan, why, settings
  case dryRun = "dry-run"
  case force, fix
}
