import FoundationEssentials
import Glibc
import Testing

/// What can be wrong with the data file, and where it lies.
extension Fault {
  static let data = dataFolder + dataFile + dataVersion + dataContent

  private static let dataFolder: [Fault] = [
    Fault("data-folder", "a folder that isn't there", says: ["isn't there"], cure: .paste) {
      $0.project.variables["TESTMON_DATAFILE"] = "no where/data"
    },
    Fault("data-folder", "a link to a folder that isn't there", says: ["/gone", "link"], cure: .paste) {
      symlink("gone/data", $0.project.path(".testmondata"))
    },
    Fault(
      "data-folder", "a file in the folder's place", says: ["is no folder"],
      cure: .hand { patient, _ in patient.project.variables["TESTMON_DATAFILE"] = nil }
    ) {
      try $0.project.write("", to: "file")
      $0.project.variables["TESTMON_DATAFILE"] = "file/data"
    },
    Fault("data-folder", "it may not be written", says: ["mode 500"], cure: .paste) {
      try $0.addDataFolder("data", mode: 0o500)
      try $0.bind()
    },
    Fault(
      "data-folder", "it is somebody else's", says: ["belongs to root"], cure: .paste, isPossible: Patient.isRoot
    ) {
      try $0.addDataFolder("data")
      try $0.bind()
      $0.giveAway("data", mode: 0o755)
    },
    Fault(
      "data-folder", "a disk that is mounted read-only", says: ["mounted read-only"], cure: .paste,
      isPossible: Patient.canIsolate && Patient.isRoot  // others can't mount it otherwise again
    ) {
      try $0.addDataFolder("data")
      $0.isolate("mount -t tmpfs none data && mount -o remount,ro data")
    },
  ]

  private static let dataFile: [Fault] = [
    Fault("data-file", "random bytes", says: ["damaged, or no database"], cure: .paste) {
      try $0.project.write((0..<9000).map { _ in UInt8.random(in: 1...255) }, to: ".testmondata")
    },
    Fault("data-file", "it is truncated", says: ["damaged"], cure: .paste) {
      try $0.addData()
      try $0.project.write(Array($0.project.bytes(".testmondata").dropLast(5000)), to: ".testmondata")
    },
    Fault("data-file", "a folder in its place", says: ["is a folder"], cure: .paste) {
      try $0.project.write("", to: ".testmondata/file")
    },
    Fault("data-file", "TESTMON_DATAFILE names a folder", says: ["is a folder"], cure: .paste) {
      try $0.addFolder("sources")
      $0.project.variables["TESTMON_DATAFILE"] = "sources"
    },
    Fault("data-file", "a pipe in its place", says: ["a pipe"], cure: .paste) {
      mkfifo($0.project.path(".testmondata"), 0o600)
    },
    Fault("data-file", "a link to itself", says: ["leads back to itself"], cure: .paste) {
      symlink(".testmondata", $0.project.path(".testmondata"))
    },
    Fault("data-file", "it may not be read", says: ["mode 0"], cure: .paste) {
      try $0.addData()
      chmod($0.project.path(".testmondata"), 0)
      try $0.bind()
    },
    Fault(
      "data-file", "it is somebody else's, who lets nobody read it", says: ["belongs to root"], cure: .paste,
      isPossible: Patient.isRoot
    ) {
      try $0.addData()
      try $0.bind()
      $0.giveAway(".testmondata", mode: 0o600)
    },
    Fault("data-tables", "another program's database", says: ["another program"], cure: .paste) {
      try $0.sqlite("CREATE TABLE customers (name);")
    },
    Fault(
      "data-tables", "TESTMON_DATAFILE names another program's database", says: ["another program"],
      cure: .hand { patient, next in
        #expect(next == "unset TESTMON_DATAFILE")
        patient.project.variables["TESTMON_DATAFILE"] = nil
        try patient.run(["mv", ".testmondata", "customers.db"])
      }
    ) {
      try $0.sqlite("CREATE TABLE customers (name);")
      $0.project.variables["TESTMON_DATAFILE"] = ".testmondata"
    },
    Fault("data-tables", "a column is missing", says: ["test_execution.duration"], cure: .paste) {
      try $0.addData()
      try $0.sqlite("ALTER TABLE test_execution DROP COLUMN duration;")
    },
    Fault("data-writable", "it may not be written", says: ["mode 444"], cure: .paste) {
      try $0.addData()
      chmod($0.project.path(".testmondata"), 0o444)
      try $0.bind()
    },
    Fault(
      "data-writable", "it is somebody else's", says: ["belongs to root"], cure: .paste, isPossible: Patient.isRoot
    ) {
      try $0.addData()
      try $0.bind()
      $0.giveAway(".testmondata", mode: 0o644)
    },
    Fault(
      "data-lock", "another process keeps it locked", says: ["(python"],
      cure: .hand { patient, next in
        #expect(next.hasPrefix("fuser -v "))
        try patient.dismiss()
      }
    ) {
      try $0.addData()
      try $0.accompany(by: locker)
    },
  ]

  private static let dataVersion: [Fault] = [
    Fault(
      "data-version", "of another release", .warning,
      says: ["made by pytest-testmon 2.0.13 to 2.1.4", ".testmondata.v13.bak"],
      cure: .hand { patient, next in
        #expect(next.hasSuffix(" -m pip install pytest-testmon==2.1.4"))
        try #expect(patient.project.pytest(.plugin, "--testmon").passed == 4)
        #expect(patient.project.exists(".testmondata.v13.bak"))
      }
    ) { try $0.addData(of: "2.1.4") },
    Fault(
      "data-version", "newer than all that is known", .warning, says: ["later than 2.2.0"],
      cure: .hand { patient, _ in
        try #expect(patient.project.pytest(.plugin, "--testmon").passed == 4)
        #expect(patient.project.exists(".testmondata.v99.bak"))
      }
    ) {
      try $0.addData()
      try $0.sqlite("PRAGMA user_version = 99;")
    },
    Fault(
      "data-version", "newer than all that is known, and stop_on_newer is set", says: ["stop_on_newer", "mv "],
      cure: .hand { patient, _ in
        try #expect(patient.project.pytest(.plugin, "--testmon").status != 0)
        rename(patient.project.path(".testmondata"), patient.project.path("kept"))
      }
    ) {
      try $0.addData()
      try $0.sqlite("PRAGMA user_version = 99;")
      $0.project.variables["TESTMON_XDIST_STOP_ON_NEWER"] = "true"
    },
  ]

  private static let locker = """
    import signal, sqlite3
    connection = sqlite3.connect(".testmondata", isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    print("here", flush=True)
    signal.pause()
    """
}
