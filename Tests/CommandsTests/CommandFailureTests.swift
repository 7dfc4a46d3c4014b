import Coordination
import Glibc
import Platform
import Settings
import Testing

import enum CommandLine.ExitStatus

@testable import Commands
@testable import Testmon

/// Which error gives which exit status; docs/shell.md promises them.
@Suite struct CommandFailureTests {
  private struct Unforeseen: Error {}

  private static let someone = ProcessIdentity(pid: 4711, startTime: 1, bootID: "boot", pidNamespace: "pid")

  private static func holder(_ kind: Holder.Kind) -> Holder {
    Holder(runID: "run", kind: kind, since: 0, controller: someone, owner: someone)
  }

  private func statuses(_ error: any Error) -> [ExitStatus] {
    let failure = CommandFailure(error)
    return [failure.status, failure.statusWithCommand]
  }

  @Test func whatHappenedDecides() throws {
    let file = DataFileError(path: "/data", reason: .corrupt)
    let system = SystemError(code: EIO, call: "read", subject: "/data")
    #expect(statuses(file) == [.dataFile, .commandFailed])
    #expect(statuses(system) == [.coordination, .commandFailed])
    #expect(statuses(CoordinationError.system(system)) == [.coordination, .commandFailed])
    #expect(statuses(CoordinationError.untrusted(path: "/p/f", reason: "odd")) == [.coordination, .commandFailed])
    #expect(statuses(CoordinationError.timedOut(waiting: 1, folder: "/p")) == [.timedOut, .commandTimedOut])
    #expect(statuses(CoordinationError.ended(runID: "run")) == [.timedOut, .commandTimedOut])
    #expect(statuses(CoordinationError.held(by: nil, waited: 1)) == [.busy, .commandTimedOut])
    #expect(statuses(CoordinationError.inside(Self.holder(.held))) == [.busy, .commandFailed])
    #expect(statuses(Unforeseen()) == [.bug, .commandFailed])
    #expect(statuses(CommandFailure(.commandNotFound, "no")) == [.commandNotFound, .commandNotFound])
    #expect(statuses(CommandFailure(.commandNotExecutable, "no")) == [.commandNotExecutable, .commandNotExecutable])
  }

  @Test func eachWrongSettingIsALineOfItsOwn() throws {
    let error = try #require(throws: SettingsError.self) {
      try Settings.load(
        rootdir: "/", configFile: nil,
        environment: ["TESTMON_XDIST_DEBUG": "perhaps", "TESTMON_XDIST_HISTORY": "many", "XDG_CONFIG_HOME": "/none"],
        flags: FlagOverrides(debug: false, timeout: nil))
    }
    let failure = CommandFailure(error)
    #expect(failure.status == .usage)
    #expect(failure.messages.count == 2 && failure.message.split(separator: "\n").count == 2, "\(failure.messages)")
  }

  /// Only a cleanup that would leave a live pytest or command without its run needs force.
  @Test func theAdviceFitsTheHolder() {
    func message(_ kind: Holder.Kind) -> String {
      CommandFailure(CoordinationError.held(by: Self.holder(kind), waited: 60)).message
    }
    #expect(message(.held).hasSuffix("testmon-xdist cleanup"))
    #expect(message(.pytest).hasSuffix("testmon-xdist cleanup --force"))
    #expect(message(.pytest).contains("pid 4711") && message(.pytest).contains("after 60s"))
    #expect(message(.pytest).contains("TESTMON_XDIST_LOCK_TIMEOUT"))
  }

  @Test func nothingInAMessageDrivesATerminal() {
    #expect(CommandFailure(.usage, "a\u{1B}[31m").printable == "a\\x1b[31m")
  }

  @Test func whichTestmonIsTooOldOrTooNew() {
    #expect(CommandFailure(olderTestmon: "1.4.6")?.status == .dataFile)
    for release in ["2.0.0", "2.1.4", "2.2.0", "3.0.0"] { #expect(CommandFailure(olderTestmon: release) == nil) }
    // Of those that are made otherwise, a later release alone is one that there may be help for.
    #expect(CommandFailure(unknownTestmon: "2.2.1").isNewerTestmon)
    #expect(!CommandFailure(unknownTestmon: "2.2.0").isNewerTestmon)
    #expect(CommandFailure(DataFileError(path: "/data", reason: .unknownDataVersion(99))).isNewerTestmon)
    #expect(!CommandFailure(DataFileError(path: "/data", reason: .unknownDataVersion(1))).isNewerTestmon)
  }

  @Test(arguments: [
    (0, "0s"), (59, "59s"), (60, "1m 0s"), (3725, "1h 2m"), (90000, "1d 1h"), (-5, "0s"), (.infinity, ""),
  ])
  func howLongAgo(_ seconds: Double, _ text: String) {
    let said = TimeText.ago(since: 1000, now: 1000 + seconds)
    #expect(text.isEmpty ? said.hasSuffix("h") : said == text)
  }
}
