import Platform

/// Can processes be told apart?
struct ProcCheck: Check {
  let name = "proc"
  let group = CheckGroup.fileSystem

  static let missing =
    "/proc isn't mounted: without it nobody can tell which processes of a run are alive, so nothing can be coordinated"
  static let next = "mount it (mount -t proc proc /proc), or run pytest without testmon-xdist"

  func run(in context: CheckContext) -> [Finding] {
    ProcessIdentity.canBeKnown ? [.good("/proc is mounted")] : [.failure(Self.missing, next: Self.next)]
  }
}
