import CommandLine
import Coordination
import Settings

extension CommandFailure {
  /// What the user is told where a run can't be coordinated.
  init(_ error: CoordinationError) {
    switch error {
    case .held(let holder, let waited):
      self.init(
        .busy,
        "\(holder.map(\.summary) ?? "another run") still holds this project after \(TimeText.seconds(waited)); "
          + "wait for it, raise \(Settings.lockTimeout.key) (\(Settings.lockTimeout.variable)), or end it: "
          + "testmon-xdist cleanup\(holder?.kind == .held ? "" : " --force")")
    case .inside(let holder):
      let advice =
        switch holder.kind {
        case .pytest:
          "a test that starts a pytest with testmon must give it a rootdir of its own (--rootdir), or --no-testmon"
        case .command: "leave the inner controller out: pytests and workers below the outer one need no other"
        case .held: "leave the inner controller out, or end the outer one first: testmon-xdist cleanup"
        }
      self.init(.busy, "this was started inside \(holder.summary), which holds the project until it ends; \(advice)")
      statusWithCommand = .commandFailed
    case .timedOut(let waited, let folder):
      self.init(
        .timedOut,
        "no live run has made the data ready in \(folder) after \(TimeText.seconds(waited)); "
          + "start one: testmon-xdist controller --detach, or look: testmon-xdist status")
    case .ended(let runID):
      self.init(.timedOut, "run \(runID) is over; start another: testmon-xdist controller --detach")
    case .untrusted(let path, let reason):
      self.init(
        .coordination, "\(path): \(reason); \(Advice.remove(RunFolder.containing(path)))")
    case .system(let error): self.init(error)
    }
  }
}
