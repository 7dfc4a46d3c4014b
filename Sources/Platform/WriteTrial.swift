import CLinux
import Glibc

/// Whether something can be written in a folder: tried with a file that has no name, so that nobody ever sees it.
public enum WriteTrial {
  /// More than a file system keeps in a file's own record.
  private static let size = 65536

  /// Why not; nil where all is well. A file system without nameless files is only asked for its permissions.
  public static func problem(in folder: String) -> SystemError? {
    let raw = clinux_unnamed_file(folder)
    if raw >= 0 {
      let file = FileDescriptor(raw)
      do {
        try file.writeAll([UInt8](repeating: 1, count: size))
        return nil
      } catch {
        return SystemError(code: error.code, call: error.call, subject: folder)
      }
    }
    // EISDIR comes from kernels that don't know such files.
    guard [EOPNOTSUPP, EISDIR, EINVAL, ENOSYS].contains(errno) else { return SystemError.last("open", folder) }
    return access(folder, W_OK | X_OK) == 0 ? nil : SystemError.last("access", folder)
  }
}
