import Glibc
import Platform
import Testing

@testable import Commands
@testable import Coordination
@testable import Testmon

/// What is said of errors, made as they are thrown.
enum ErrorSamples {
  static func all() throws -> [Sample] {
    dataFile + coordination + (try folders()) + system + testmon + history + others
  }

  private static let path = "/p/.testmondata"

  private static func message(_ error: any Error) -> String { CommandFailure(error).message }

  private static var dataFile: [Sample] {
    let reasons: [(DataFileError.Reason, String)] = [
      (.missing, "pytest --testmon"), (.noFolder, "mkdir -p /p"), (.directory, "ls -ld"), (.special, "ls -l"),
      (.corrupt, "mv "), (.unreadable(EACCES), "ls -ld"), (.unreadable(0), "ls -ld"), (.readOnly, "ls -ld"),
      (.full, "df -h"), (.locked, "fuser -v"), (.unknownDataVersion(1), "Look for"),
      (.unknownDataVersion(99), "Look for"),
      (.newerDataVersion(99), "Install"), (.otherDataVersion(found: 12, expected: 13), "Use one release"),
      (.notTestmons, "mv "), (.incomplete(missing: ["a.b"]), "mv "), (.notWAL(mode: "delete"), "stat -f"),
      (.noEnvironment(3), "testmon-xdist cleanup"), (.backup("\(path).v8.bak", "no space"), "mv "),
      (.noTemporaryFolder("/none", "no such folder"), "export TMPDIR="), (.tooManyCopies, "ls -l"),
      (.other("words"), "testmon-xdist doctor"),
    ]
    let obstacles: [(WriteObstacle, String)] = [
      (.readOnlyFileSystem, "Mount it"), (.foreign(path: path, uid: 4711), "Ask for"),
      (.mode([path, "/p"]), "chmod u+w"),
      (.unknown, "ls -ld"),
    ]
    return reasons.map { Sample(message(DataFileError(path: path, reason: $0)), place: path, next: $1) }
      + obstacles.map {
        Sample("The data file \(path) can't be written\($0.explanation(of: path, in: "/p"))", place: path, next: $1)
      }
  }

  private static func holder(_ kind: Holder.Kind) -> Holder {
    let someone = ProcessIdentity(pid: 4711, startTime: 1, bootID: "boot", pidNamespace: "pid")
    return Holder(runID: "run", kind: kind, since: 0, controller: someone, owner: someone)
  }

  private static var coordination: [Sample] {
    let errors: [(CoordinationError, String, String)] = [
      (.held(by: nil, waited: 60), "another run", "testmon-xdist cleanup --force"),
      (.held(by: holder(.held), waited: 60), "pid 4711", "testmon-xdist cleanup"),
      (.held(by: holder(.pytest), waited: 60), "pid 4711", "testmon-xdist cleanup --force"),
      (.held(by: holder(.command), waited: 60), "pid 4711", "testmon-xdist cleanup --force"),
      (.inside(holder(.pytest)), "pid 4711", "--rootdir"), (.inside(holder(.command)), "pid 4711", "leave the inner"),
      (.inside(holder(.held)), "pid 4711", "testmon-xdist cleanup"),
      (.timedOut(waiting: 30, folder: "/p/.testmon_xdist"), "/p/.testmon_xdist", "testmon-xdist controller --detach"),
      (.ended(runID: "0123"), "0123", "testmon-xdist controller --detach"),
      (.untrusted(path: "/p/.testmon_xdist", reason: "it is odd"), "/p/.testmon_xdist", "rm -r /p/.testmon_xdist"),
    ]
    return errors.map { Sample(message($0), place: $1, next: $2) }
  }

  /// What can be wrong with a run's folder.
  private static func folders() throws -> [Sample] {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/.testmon_xdist"
    func sample() throws -> Sample {
      do {
        _ = try RunFolder.open(in: folder.path)?.marker()
        return Sample("\(path) is trusted", place: path, next: "rm -r")
      } catch {
        return Sample(message(error), place: path, next: "rm -r \(path)")
      }
    }
    var samples: [Sample] = []
    symlink("elsewhere", path)
    samples.append(try sample())
    unlink(path)
    try folder.write(".testmon_xdist")
    samples.append(try sample())
    unlink(path)
    for text in ["{", #"{"protocol": 99}"#] {
      try folder.write(".testmon_xdist/controller_ready.json", text)
      chmod(path, 0o700)
      samples.append(try sample())
    }
    unlink("\(path)/controller_ready.json")
    try folder.makeFolder(".testmon_xdist/controller_ready.json")
    samples.append(try sample())
    chmod(path, 0o777)
    samples.append(try sample())
    return samples
  }

  private static var system: [Sample] {
    let errors: [(Int32, String, String, String)] = [
      (EMFILE, "inotify_init1", "inotify", "sysctl"), (ENOSPC, "inotify_add_watch", path, "sysctl"),
      (EMFILE, "open", path, "ulimit -n"), (ENOSPC, "write", path, "df -h"), (EROFS, "openat", path, "findmnt"),
      (EACCES, "openat", path, "ls -ld"), (EIO, "read", path, "testmon-xdist doctor"),
    ]
    return errors.flatMap { code, call, subject, next in
      let error = SystemError(code: code, call: call, subject: subject)
      return [error as any Error, CoordinationError.system(error)].map {
        Sample(message($0), place: subject, next: next)
      }
    }
  }

  private static var testmon: [Sample] {
    let python = "/v/bin/python"
    let pip = "\(python) -m pip install"
    return [
      CommandFailure(olderTestmon: "1.4.6", python: python), CommandFailure(unknownTestmon: "2.2.1", python: python),
      CommandFailure(unknownTestmon: "2.2.0", python: python), CommandFailure(olderXdist: "1.28.0", python: python),
    ].compactMap { $0 }.map { Sample($0.message, place: "pytest-", next: pip) }
      + [Installer.pip, .uv, .ensurepip, .venv].map {
        Sample("install it: " + $0.command("pytest-testmon", in: python), place: python, next: "pip install")
      }
  }

  private static var history: [Sample] {
    let reasons: [(HistoryError.Reason, String)] = [
      (.corrupt, "The next run"), (.newerSchema(found: 9, known: 1), "Read it"), (.locked, "fuser -v"),
      (.other, "ls -l"),
    ]
    return reasons.map { Sample(HistoryError(path: "/h/history.db", reason: $0).description, place: "/h/", next: $1) }
  }

  private struct Unforeseen: Error {}

  private static var others: [Sample] {
    [
      Sample(message(Unforeseen()), place: "Unforeseen", next: "testmon-xdist doctor --json"),
      Sample(message(CommandFailure.pathIsNoText), place: "the current folder", next: "rename the folder"),
      Sample("\(ProcCheck.missing); \(ProcCheck.next)", place: "/proc", next: "mount -t proc proc /proc"),
    ]
  }
}
