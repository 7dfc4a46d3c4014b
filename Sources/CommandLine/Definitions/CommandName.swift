/// The commands, by the names that users type.
public enum CommandName: String, CaseIterable, Sendable {
  case controller, worker, status, cleanup, doctor, help
}
