import FoundationEssentials
import Glibc
import Synchronization
import Testing

/// The shell that doctor is started from.
struct PatientShell {
  /// What comes before its words.
  var wrapper: [String] = []
  /// What it has done before.
  var prelude = ""
  /// Whether it is somebody's whom permissions bind.
  var isBound = false
  /// Checks that find something in any case.
  var ignored: Set<String> = []

  /// Where that user finds the executable; nil where everybody does.
  var executable: String?

  static let user: UInt32 = 12345

  /// What it does before doctor is started. The brackets send what that prints elsewhere.
  /// - Parameter command: what is pasted into it; what takes root, root does, by itself.
  func prepare(_ command: String?, in project: Project) throws -> String {
    var command = command ?? ""
    // As whoever may do anything, and in the namespace that root has been given, there is no need for it.
    if command.hasPrefix("sudo ") { command = String(command.dropFirst("sudo ".count)) }
    if isBound, Patient.isRoot, command.hasPrefix("chown ") || command.hasPrefix("rm ") {
      let done = try project.run(["/bin/sh", "-c", command])
      try #require(done.status == 0, "\(done)")
      command = ""
    }
    return "{ \(prelude)\n\(command)\n:\n} >&2\n"
  }

  /// Root can change to another user, and nobody else needs to.
  var words: [String] {
    let drop = ["setpriv", "--reuid=\(Self.user)", "--regid=\(Self.user)", "--clear-groups"]
    return wrapper + (isBound && geteuid() == 0 ? drop : []) + ["/bin/bash"]
  }
}

extension Patient {
  /// Has doctor run as a user whom permissions bind, and who owns all that is there now. This user can't enter the folder of
  /// the virtual environments: what doctor says of Python is left out.
  func bind() throws {
    shell.isBound = true
    guard geteuid() == 0 else { return }
    try run(["chown", "-R", "--no-dereference", "\(PatientShell.user)", project.rootdir, project.home])
    chmod("\(project.rootdir)/..", 0o755)
    chmod(Surroundings.temporary.path, 0o755)
    project.variables["PATH"] = "/usr/bin:/bin"
    let copy = "\(project.home)/testmon-xdist"
    try run(["cp", Surroundings.executable, copy])
    shell.executable = copy
    shell.ignored = Set(Self.aboutPython)
  }

  private static let aboutPython = [
    "python", "packages", "plugin", "virtual-environment", "pytest-command", "python-version", "executable",
  ]

  /// Only root can make what belongs to another.
  static var isRoot: Bool { geteuid() == 0 }

  /// Runs doctor where it sees mounts and limits of its own, which the script makes.
  func isolate(_ script: String) {
    shell.wrapper = Self.isolation
    shell.prelude = script
  }

  private static let isolation = ["unshare", "--user", "--map-root-user", "--mount"]

  static let canIsolate: Bool = {
    let folder = Surroundings.temporary.path
    let look = isolation + ["sh", "-c", "mount -t tmpfs none /mnt"]
    return (try? Process(look, in: folder, environment: Surroundings.clean(home: folder)).finish())?.status == 0
  }()

  /// Starts a Python program that goes on until `dismiss`.
  func accompany(by program: String) throws {
    let process = try project.start(["\(project.environment)/bin/python", "-c", program])
    try process.waitForOutput("here")
    kept.append(process)
  }

  func dismiss() throws {
    for case let process as Process in kept {
      process.send(SIGTERM)
      try process.finish()
    }
    kept = []
  }

  /// Runs a Python program to its end, however that comes.
  func runPython(_ program: String) throws {
    let outcome = try project.run(["\(project.environment)/bin/python", "-c", program])
    try #require(!outcome.text.contains("Traceback"), "\(outcome)")
  }

  /// Gives it a data file that a run has made: one for each release, which is copied.
  func addData(of release: String = "2.2.0") throws {
    let path = try dataFiles.withLock { made in
      if let project = made[release] { return project.path(".testmondata") }
      let project = try Project(release)
      try project.addFourTests()
      let outcome = try project.pytest(.plugin, "--testmon")
      try #require(outcome.passed == 4, "\(outcome)")
      made[release] = project
      return project.path(".testmondata")
    }
    try FileManager.default.copyItem(atPath: path, toPath: project.path(".testmondata"))
  }

  /// Runs statements on the data file, and closes it.
  func sqlite(_ statements: String) throws {
    try runPython(
      "import sqlite3\nc = sqlite3.connect('.testmondata')\nc.executescript('''\(statements)''')\nc.close()")
  }

  /// Makes a folder and puts the data file there.
  func addDataFolder(_ name: String, mode: mode_t = 0o700) throws {
    try addFolder(name, mode: mode)
    project.variables["TESTMON_DATAFILE"] = "\(name)/.testmondata"
  }

  func addFolder(_ name: String, mode: mode_t = 0o700) throws {
    try FileManager.default.createDirectory(atPath: project.path(name), withIntermediateDirectories: false)
    chmod(project.path(name), mode)
  }

  /// Gives something to root, below the user's home: elsewhere nobody is advised to take it back.
  func giveAway(_ name: String, mode: mode_t) {
    project.variables["HOME"] = project.rootdir.split(separator: "/").dropLast().map { "/\($0)" }.joined()
    chown(project.path(name), 0, 0)
    chmod(project.path(name), mode)
  }
}

private let dataFiles = Mutex<[String: Project]>([:])
