import Platform

/// Do pytest and testmon-xdist take the same folder for the project's?
struct RootdirCheck: Check {
  let name = "rootdir"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    guard let theirs = context.rehearsal?.rootdir else { return [] }
    let ours = context.project.rootdir
    if SymbolicLink.resolved(theirs) == SymbolicLink.resolved(ours) { return [.good("rootdir: \(ours)")] }
    let (place, remedy) = context.origin(of: "--rootdir")
    return [
      .warning(
        "pytest takes \(theirs) for the rootdir (\(place)), testmon-xdist \(ours): without --rootdir, status, worker and "
          + "cleanup look in another folder than the run is in",
        next: remedy)
    ]
  }
}
