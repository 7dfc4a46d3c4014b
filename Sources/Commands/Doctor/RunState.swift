import Coordination
import Platform
import Variables

/// The coordination folder as the checks see it.
final class RunState {
  let rootdir: String
  var path: String { RunFolder.path(in: rootdir) }
  private let outerID: String?

  init(_ context: CheckContext) {
    rootdir = context.project.rootdir
    outerID = context.environment.nonEmpty(.runID)
  }

  /// nil where there is none.
  lazy var folder: Result<RunFolder?, CoordinationError> = Result { () throws(CoordinationError) in
    try RunFolder.open(in: rootdir)
  }

  /// The folder of a run, alive or dead.
  lazy var used: RunFolder? = {
    guard let folder = try? folder.get(), (try? folder.isInUse()) == true else { return nil }
    return folder
  }()

  lazy var isLive: Bool = (try? used?.isLive()) ?? false

  /// Whose live run it is, as far as it says so.
  lazy var holder: Holder? = isLive ? (try? used?.holder()) ?? nil : nil

  /// Whether a pytest that is started here becomes a part of the live run, rather than wait for its end.
  lazy var isAroundUs: Bool =
    ((try? used?.wholeHolder(around: ProcessIdentity.ancestors(), named: outerID)) ?? nil) != nil
}
