import Glibc
import Platform

/// The git repository that a folder is in, asked by git itself.
struct Git {
  private let folder: String
  private static let limit = 1 << 20

  /// Nil where no folder above has a repository; git isn't started then.
  init?(in folder: String, _ environment: [String: String]) {
    var above = folder
    while access("\(above)/.git", F_OK) != 0 {
      if above == "/" { return nil }
      above = Path.parent(of: above)
    }
    self.folder = folder
  }

  /// What git prints; nil where it can't be started or refuses.
  func ask(_ arguments: [String]) -> String? {
    guard let (output, outputEnd) = try? FileDescriptor.pipe() else { return nil }
    let nothing = FileDescriptor(open("/dev/null", O_RDWR | O_CLOEXEC))
    // The repository's configuration could name a program to be run for this.
    let words = ["git", "-C", folder, "-c", "core.fsmonitor=false", "--no-optional-locks"] + arguments
    guard
      let child = try? ChildProcess(
        .arguments(words), environment: ["GIT_DIR": nil, "GIT_WORK_TREE": nil, "GIT_INDEX_FILE": nil],
        descriptors: [0: nothing, 1: outputEnd, 2: nothing])
    else { return nil }
    outputEnd.close()
    let bytes = try? output.readAll(limit: Self.limit)
    output.close()
    guard child.wait() == .exited(0), let bytes else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
