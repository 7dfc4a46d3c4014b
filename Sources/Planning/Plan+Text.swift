import Text

extension Plan {
  /// What the header of a run says: `12 of 4003 tests to run, about 0.8 s: in this process`.
  public var message: String {
    guard let chosen else {
      return "as many workers as xdist would start, because \(work.obstacle ?? "nothing is known of the tests")"
    }
    let unknown = work.unknownTests > 0 ? ", and about \(work.unknownTests) new" : ""
    let time = work.tests > 0 || work.unknownTests > 0 ? ", about \(Self.text(chosen.seconds))" : ""
    let choice =
      switch chosen.workers {
      case 0: "in this process"
      case 1: "1 worker"
      default: "\(chosen.workers) workers"
      }
    let reason = limit.map { " (\($0))" } ?? ""
    return "\(work.tests) of \(work.allTests) tests to run\(unknown)\(time): \(choice)\(reason)"
  }

  /// Below ten seconds to a tenth, else to a second: `0.8 s`, `12 s`.
  public static func text(_ seconds: Double) -> String {
    let tenths = (seconds * 10).rounded() / 10
    return "\(DecimalText.text(tenths < 10 ? tenths : seconds.rounded())) s"
  }
}
