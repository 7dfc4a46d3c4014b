import Coordination
import Text

/// Does the live run say what workers need, in a form that this release reads?
struct MarkerCheck: Check {
  let name = "marker"
  let group = CheckGroup.run

  func run(in context: CheckContext) -> [Finding] {
    // What a dead run left is removed with the rest.
    guard context.run.isLive, let folder = context.run.used else { return [] }
    do {
      _ = try folder.marker()
      return []
    } catch {
      guard case .untrusted(let path, let reason) = error else { return [] }
      let force = context.run.holder?.kind == .held ? "" : " --force"
      return [
        .failure(
          "\(path), by which workers learn of the live run: \(reason); end that run, and start another",
          next: "testmon-xdist cleanup\(force)")
      ]
    }
  }
}
