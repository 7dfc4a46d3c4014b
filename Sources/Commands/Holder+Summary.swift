import Coordination
import Platform

extension Holder {
  /// "the run of pytest (pid 123, begun 5s ago)", to be put into a sentence.
  var summary: String {
    let what =
      switch kind {
      case .pytest: "the run of pytest (pid \(owner.pid), "
      case .command: "the run of 'testmon-xdist controller -- ...' (pid \(controller.pid), "
      case .held: "the run held by 'testmon-xdist controller' (pid \(controller.pid), "
      }
    return "\(what)begun \(TimeText.ago(since: since)) ago)"
  }
}
