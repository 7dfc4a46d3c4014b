import FoundationEssentials
import Glibc
import Platform
import Testing

@testable import Coordination
@testable import Testmon

/// A project's folder, gone with the last reference to it.
final class ProjectFolder {
  let path: String
  var runFolder: String { RunFolder.path(in: path) }

  init() throws {
    var template = Array("/tmp/testmon-xdist-coordination.XXXXXX".utf8CString)
    path = String(cString: try #require(mkdtemp(&template)))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// What lies in the run's folder; nil when there is none.
  var names: [String]? { (try? FileManager.default.contentsOfDirectory(atPath: runFolder))?.sorted() }

  /// Puts a file into the run's folder, which is made if need be.
  func put(_ bytes: some Sequence<UInt8>, _ name: String) throws {
    try Directory.make(runFolder, mode: 0o700)
    try Directory.open(runFolder).write(Array(bytes), to: name)
  }

  func bytes(_ name: String) throws -> [UInt8]? { try Directory.open(runFolder).read(name) }

  /// Begins a run, which must have nobody to wait for.
  func begin(
    _ kind: Holder.Kind = .held, owner: ProcessIdentity = own, starter: ProcessIdentity? = nil,
    inside outer: String? = nil
  ) throws -> any Run {
    let request = RunRequest(
      rootdir: path, kind: kind, owner: owner, starter: starter, outerID: outer, lockTimeout: 0)
    return try request.begin { _, _ in Issue.record("somebody to wait for") }
  }

  /// Begins a run that pytests may join.
  func beginForOthers(_ kind: Holder.Kind = .command, starter: ProcessIdentity? = nil) throws -> WholeRun {
    let run = try #require(try begin(kind, starter: starter) as? WholeRun)
    run.letPytestsJoin()
    return run
  }

  func facts(environment: String = "default") -> Facts {
    Facts(
      rootdir: path, databasePath: "\(path)/.testmondata", dataVersion: 14, environmentName: environment,
      systemPackages: "pytest 9.2", pythonVersion: "3.11.7", expectedWorkers: 2, ownerPID: getpid())
  }
}

/// This process.
let own = ProcessIdentity(of: getpid()) ?? stranger

/// The process that has started this one.
let parent = ProcessIdentity(of: getppid()) ?? stranger

/// A process of a time before the last boot.
let stranger = ProcessIdentity(pid: 1, startTime: 7, bootID: "another boot", pidNamespace: "pid:[1]")

let preparation = Preparation(
  environmentID: 3, packagesChanged: true, created: false, pickedUpAgain: false, marksTests: false, keptAside: nil)

extension Acknowledgement {
  init(_ workerID: String, of runID: String) {
    self.init(runID: runID, workerID: workerID, pid: getpid(), timestamp: 1_795_430_160.5, waitedMilliseconds: 2.25)
  }
}

/// Why `body` says that something is not to be trusted; nil when it doesn't.
func distrust(_ body: () throws -> Void) -> (path: String, reason: String)? {
  do {
    try body()
    return nil
  } catch CoordinationError.untrusted(let path, let reason) {
    return (path, reason)
  } catch {
    Issue.record("\(error)")
    return nil
  }
}

/// A thread, which runs beside us as another process would.
struct Thread {
  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private var thread: pthread_t = 0

  init(_ run: @escaping @Sendable () -> Void) throws {
    let body = Unmanaged.passRetained(Body(run)).toOpaque()
    let code = pthread_create(
      &thread, nil,
      { body in
        if let body { Unmanaged<Body>.fromOpaque(body).takeRetainedValue().run() }
        return nil
      }, body)
    try #require(code == 0)
  }

  func join() { pthread_join(thread, nil) }
}

/// A folder for a history, in the temporary folder.
struct HistoryFolder {
  let folder: String
  var path: String { folder + "/history.db" }

  init() throws {
    var template = Array("/tmp/testmon-xdist-history.XXXXXX".utf8CString)
    folder = String(cString: try #require(mkdtemp(&template)))
  }

  /// Removes the folder when the body has ended.
  func cleaned<Result>(_ body: () throws -> Result) rethrows -> Result {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body()
  }
}
