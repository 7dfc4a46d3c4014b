import Glibc
import Platform
import Testing

@Suite struct TrustTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func problem(_ name: String) -> Distrust? { Trust.problem(with: folder(name)) }

  @Test func whatIsOursIsTrusted() throws {
    try folder.open().write([1], to: "file")
    symlink("file", folder("link"))
    symlink("../\(folder.path.split(separator: "/").last ?? "")/./link", folder("second"))
    for name in ["file", "link", "second", "../\(folder.path.split(separator: "/").last ?? "")/file", "."] {
      #expect(problem(name) == nil, "\(name)")
    }
    #expect(Trust.problem(with: "/") == nil && Trust.problem(with: "/tmp") == nil)
    #expect(Trust.problem(with: "/usr/bin/env") == nil)
  }

  @Test(arguments: [0o602, 0o622, 0o606] as [mode_t])
  func aFileThatOthersMayWrite(mode: mode_t) throws {
    try folder.open().write([1], to: "file")
    symlink("file", folder("link"))
    chmod(folder("file"), mode)
    for name in ["file", "link"] {
      #expect(problem(name)?.path == folder("file") && problem(name)?.reason == .writableByOthers(mode: mode))
    }
  }

  /// What lies below it may be replaced, unless it is like /tmp.
  @Test(arguments: [(0o777, false), (0o702, false), (0o1777, true), (0o755, true)])
  func aFolderThatOthersMayWrite(mode: mode_t, isTrusted: Bool) throws {
    try folder.open().write([1], to: "file")
    chmod(folder.path, mode)
    #expect((problem("file") == nil) == isTrusted)
    #expect(isTrusted || problem("file")?.path == folder.path)
    // Nor does a way around it help.
    #expect((Trust.problem(with: "/tmp/../\(folder.path)/file") == nil) == isTrusted)
    chmod(folder.path, 0o700)
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
  func whatBelongsToSomebodyElse() throws {
    try folder.open().write([1], to: "file")
    symlink("file", folder("link"))
    lchown(folder("link"), 65534, 65534)
    #expect(problem("file") == nil)
    #expect(problem("link")?.reason == .foreignOwner(uid: 65534) && problem("link")?.path == folder("link"))
    chown(folder("file"), 65534, 65534)
    #expect(problem("file")?.reason == .foreignOwner(uid: 65534))
  }

  /// A group with others in it, or that isn't named like its only user, is not private.
  @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
  func aGroupThatMayWrite() throws {
    try folder.open().write([1], to: "file")
    chmod(folder("file"), 0o664)
    #expect(problem("file") == nil)
    // Whatever it is called: it isn't root's own.
    chown(folder("file"), 0, 12345)
    #expect(problem("file")?.reason == .writableByOthers(mode: 0o664))
  }

  @Test func whatIsNotThere() throws {
    symlink("loop", folder("loop"))
    #expect(problem("none")?.reason == .unknown(ENOENT))
    #expect(problem("loop")?.reason == .unknown(ELOOP))
  }
}
