import Glibc
import Platform
import Testing

@testable import Coordination

@Suite struct RunFolderTests {
  private let project: ProjectFolder
  init() throws { project = try ProjectFolder() }

  @Test func whatIsNotThereIsNothing() throws {
    #expect(try RunFolder.open(in: project.path) == nil)
    #expect(project.names == nil)
  }

  @Test func onlyAFolderOfOurOwnIsTrusted() throws {
    let path = project.runFolder
    symlink("/tmp", path)
    #expect(distrust { _ = try RunFolder.open(in: project.path) }?.path == path)
    #expect(distrust { _ = try project.begin() }?.path == path)
    unlink(path)
    Glibc.close(open(path, O_WRONLY | O_CREAT, 0o600))
    #expect(distrust { _ = try RunFolder.open(in: project.path) }?.reason == "it is not a folder")
    unlink(path)
    mkdir(path, 0o700)
    for mode: mode_t in [0o770, 0o707, 0o777, 0o755, 0o710] {
      chmod(path, mode)
      #expect(distrust { _ = try RunFolder.open(in: project.path) }?.reason.contains(String(mode, radix: 8)) == true)
    }
    chmod(path, 0o700)
    #expect(try RunFolder.open(in: project.path) != nil)
    if geteuid() == 0 {
      chown(path, 12345, 12345)
      #expect(distrust { _ = try RunFolder.open(in: project.path) }?.reason.contains("12345") == true)
    }
  }

  @Test func aMarkerThatIsNoneIsNotTrusted() throws {
    for (text, word) in [
      ("", "damaged"), ("{", "damaged"), (#"{"protocol": "1"}"#, "damaged"), (#"{"protocol": 1}"#, "damaged"),
      (#"{"protocol": 2}"#, "protocol 2"),
    ] {
      try project.put(text.utf8, Marker.fileName)
      let folder = try #require(try RunFolder.open(in: project.path))
      let problem = try #require(distrust { _ = try folder.marker() })
      #expect(problem.path == "\(project.runFolder)/controller_ready.json" && problem.reason.contains(word))
    }
    unlink("\(project.runFolder)/\(Marker.fileName)")
    #expect(try RunFolder.open(in: project.path)?.marker() == nil)
    mkfifo("\(project.runFolder)/\(Marker.fileName)", 0o600)
    let folder = try #require(try RunFolder.open(in: project.path))
    #expect(distrust { _ = try folder.marker() }?.reason == "it is not a small regular file")
  }

  @Test func acknowledgementsOfOthersArePassedOver() throws {
    try project.put(JSON.encode(Acknowledgement("gw0", of: "mine")), "worker_gw0_ready")
    try project.put(JSON.encode(Acknowledgement("gw1", of: "another")), "worker_gw1_ready")
    try project.put(JSON.encode(Acknowledgement("gw2", of: "mine")), "worker_gw3_ready")
    try project.put("garbage".utf8, "worker_gw4_ready")
    mkfifo("\(project.runFolder)/worker_gw5_ready", 0o600)
    let folder = try #require(try RunFolder.open(in: project.path))
    #expect(try folder.acknowledgements(of: "mine").map(\.workerID) == ["gw0"])
    try folder.write(Acknowledgement("gw2", of: "mine"))
    #expect(try folder.acknowledgements(of: "mine").map(\.workerID) == ["gw0", "gw2"])
    #expect(try folder.acknowledgements(of: "none").isEmpty)
    #expect(try folder.acknowledgements(of: "mine", besides: ["gw0"]).map(\.workerID) == ["gw2"])
  }

  @Test func leftoversAreRemovedAndOthersFilesStay() throws {
    #expect(try Leftovers(in: project.path).isGone)
    for name in ["lock", "session", ".gitignore", Marker.fileName, "worker_gw0_ready", ".lock.1.2.tmp"] {
      try project.put([], name)
    }
    try project.put([], "precious")
    #expect(try Leftovers(in: project.path).remove() == .left(["precious"]))
    #expect(project.names == ["precious"])
    unlink("\(project.runFolder)/precious")
    #expect(try Leftovers(in: project.path).remove() == .removed)
    #expect(project.names == nil)
  }

  @Test func whatALiveRunHasAreNoLeftovers() throws {
    let run = try project.begin()
    let before = project.names
    #expect(try Leftovers(in: project.path).remove() == .inUse(by: run.holder))
    #expect(project.names == before)
    #expect(try run.end() == .removed)
  }

  @Test func theFolderOfAPathIsFound() {
    #expect(RunFolder.containing("/a/.testmon_xdist") == "/a/.testmon_xdist")
    #expect(RunFolder.containing("/a/.testmon_xdist/lock") == "/a/.testmon_xdist")
    #expect(RunFolder.path(in: "/") == "/.testmon_xdist" && RunFolder.path(in: "/a") == "/a/.testmon_xdist")
  }
}

@Suite struct RunTests {
  private let project: ProjectFolder
  init() throws { project = try ProjectFolder() }

  @Test func fromBeginningToEnd() throws {
    let run = try project.begin(.command)
    var status = stat()
    #expect(stat(project.runFolder, &status) == 0 && status.st_mode & 0o777 == 0o700)
    #expect(project.names == [".gitignore", "lock", "session"])
    #expect(try project.bytes(".gitignore") == Array("*\n".utf8))
    let folder = try #require(try RunFolder.open(in: project.path))
    #expect(try folder.isLive() && folder.holder() == run.holder && folder.marker() == nil)
    #expect(run.holder.kind == .command && run.holder.owner == own && run.holder.controller == own)

    let marker = try run.publish(project.facts(), preparation, version: "0.1.0")
    #expect(try folder.marker() == marker)
    let environment = marker.environment
    #expect(
      marker.runID == run.id && environment.id == 3 && environment.packagesChanged && environment.dataVersion == 14)
    #expect(marker.controllerPID == getpid() && marker.controller == own && marker.owner == own)
    #expect(environment.databasePath == "\(project.path)/.testmondata" && marker.expectedWorkers == 2)
    #expect(abs(marker.timestamp - WallClock.now()) < 3600)
    try folder.write(Acknowledgement("gw0", of: run.id))
    #expect(project.names == [".gitignore", "controller_ready.json", "lock", "session", "worker_gw0_ready"])
    #expect(try run.end() == .removed)
    #expect(project.names == nil)
  }

  @Test func everyRunHasAnIDOfItsOwn() throws {
    let ids = try (0..<20).map { _ in
      let run = try project.begin()
      defer { _ = try? run.end() }
      return run.id
    }
    #expect(Set(ids).count == 20 && ids.allSatisfy { $0.count == 32 })
  }

  @Test func whatADeadRunLeftIsClearedAway() throws {
    try project.put(JSON.encode(Acknowledgement("gw0", of: "dead")), "worker_gw0_ready")
    try project.put("{ damaged".utf8, Marker.fileName)
    try project.put("not JSON".utf8, "lock")
    let run = try project.begin()
    #expect(project.names == [".gitignore", "lock", "session"])
    #expect(try run.folder.holder()?.runID == run.id)
    #expect(try run.end() == .removed)
    #expect(project.names == nil)
  }

  @Test func whatOthersPutThereStays() throws {
    let run = try project.begin()
    try project.put([1], "precious")
    #expect(try run.end() == .left(["precious"]))
    #expect(project.names == ["precious"])
  }

  @Test func whoComesSecondIsTurnedAway() throws {
    let run = try project.begin(.command)
    var waitedFor: [Holder?] = []
    let second = Result {
      try RunRequest(rootdir: project.path, kind: .held, owner: own, lockTimeout: 0.3).begin { holder, limit in
        #expect(limit == 0.3)
        waitedFor.append(holder)
      }
    }
    guard case .failure(CoordinationError.held(let holder, let waited)) = second else {
      Issue.record("\(second)")
      return
    }
    #expect(holder == run.holder && waited == 0.3 && waitedFor == [run.holder])
    #expect(try run.folder.isLive())
    #expect(try run.end() == .removed)
    #expect(project.names == nil)
  }
}
