import Glibc
import Testing

extension Fault {
  static let run = [
    Fault(
      "leftovers", "a run that died has left its files", .warning, says: ["was left by a run that died"], cure: .fix
    ) {
      try $0.project.write("", to: ".testmon_xdist/lock")
      try $0.project.write("", to: ".testmon_xdist/worker_gw0_ready")
      chmod($0.project.path(".testmon_xdist"), 0o700)
    }
  ]
}
