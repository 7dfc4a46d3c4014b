import Glibc
import Platform
import Testing

/// What can be wrong with the coordination folder, and with runs that are, or were, alive.
extension Fault {
  static let run: [Fault] = [
    Fault("run-folder", "a file in its place", says: ["not a folder"], cure: .paste) {
      try $0.project.write("", to: ".testmon_xdist")
    },
    Fault("run-folder", "it is a link", says: ["symbolic link"], cure: .paste) {
      try $0.project.write("", to: "elsewhere/file")
      symlink("elsewhere", $0.project.path(".testmon_xdist"))
    },
    Fault(
      "run-folder", "others may enter it", says: ["mode 755"],
      cure: .hand { patient, next in
        // What a dead run has left in it is found next.
        try #expect(patient.diagnose(after: next).complaints.map(\.check) == ["leftovers"])
        try patient.run([try Surroundings.executable, "cleanup"])
      }
    ) { try $0.addRunFolder(mode: 0o755) },
    Fault(
      "run-folder", "it is somebody else's", says: ["belongs to root"], cure: .paste, isPossible: Patient.isRoot
    ) {
      try $0.bind()
      try $0.addRunFolder()
    },
    Fault("foreign-files", "a file and a folder of somebody's", .warning, says: ["a file, folder"], cure: .paste) {
      try $0.project.write("", to: ".testmon_xdist/a file")
      try $0.project.write("", to: ".testmon_xdist/folder/file")
      chmod($0.project.path(".testmon_xdist"), 0o700)
    },
    Fault("leftovers", "a run that was killed", .warning, says: ["a run that died"], cure: .paste) {
      let pid = try $0.hold()
      let process = ProcessHandle(pid: pid)
      kill(pid, SIGKILL)
      #expect(process?.waitForEnd(until: .now().advanced(by: Process.patience)) == true)
    },
    Fault(
      "run-lock", "it is held by somebody who isn't named", says: ["doesn't say by whom"],
      cure: .hand { patient, next in
        #expect(next.hasPrefix("fuser -v "))
        try patient.dismiss()
        try patient.run([try Surroundings.executable, "cleanup"])
      }
    ) {
      try $0.addRunFolder()
      try $0.accompany(
        by: "import fcntl, signal\nlock = open('.testmon_xdist/lock', 'r+')\nfcntl.flock(lock, fcntl.LOCK_EX)\n"
          + "print('here', flush=True)\nsignal.pause()\n")
    },
    Fault("held-run", "it is open, and nobody uses it", says: ["what started it has ended", "begun "], cure: .paste) {
      $0.project.variables["TESTMON_XDIST_LOCK_TIMEOUT"] = "0"
      _ = try $0.hold()
    },
    Fault("marker", "a live run with a damaged marker", says: ["damaged"], cure: .paste) {
      _ = try $0.hold()
      try $0.project.write("{", to: ".testmon_xdist/controller_ready.json")
    },
  ]
}

extension Patient {
  /// A folder as a dead run leaves it.
  func addRunFolder(mode: mode_t = 0o700) throws {
    try project.write("", to: ".testmon_xdist/lock")
    chmod(project.path(".testmon_xdist"), mode)
  }

  /// Has a shell that ends at once hold a run open.
  /// - Returns: the process that holds it.
  func hold() throws -> Int32 {
    try run(["/bin/sh", "-c", "\"$0\" controller --detach; true", try Surroundings.executable])
    return try #require(project.status().run?.controller?.pid)
  }
}
