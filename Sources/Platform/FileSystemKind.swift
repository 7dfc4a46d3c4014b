import CLinux

/// The kind of file system that a path is on, as far as it matters here.
public enum FileSystemKind: Equatable, Sendable {
  case local
  /// Another machine's: no events for what others change there, and SQLite's WAL mode is unsafe
  /// (https://www.sqlite.org/wal.html, "all processes using a database must be on the same host computer").
  case network(String)

  /// The kind at `path`; `.local` if it can't be told.
  public init(of path: String) {
    // The magic numbers are from linux/magic.h and statfs(2).
    let networks: [Int: String] = [
      0x6969: "nfs", 0xFF53_4D42: "cifs", 0xFE53_4D42: "smb2", 0x517B: "smb", 0x0102_1997: "9p",
      0x00C3_6400: "ceph", 0x5346_414F: "afs", 0x6B41_4653: "afs", 0x7375_7245: "coda", 0x0BD0_0BD0: "lustre",
      0x4750_4653: "gpfs", 0x7461_636F: "ocfs2", 0x0116_1970: "gfs2",
      // Also what virtual machines share folders by, and sshfs; a local one is rare.
      0x6573_5546: "fuse",
    ]
    self = networks[clinux_file_system_magic(path)].map(FileSystemKind.network) ?? .local
  }
}
