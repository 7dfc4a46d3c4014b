import CommandLine
import Coordination
import Glibc
import Platform
import Text

/// What helps, to be put behind what happened.
enum Advice {
  /// The command that installs something in a Python. It is started, to see what it has for that.
  /// - Parameters:
  ///   - requirement: as pip takes it.
  ///   - more: options.
  ///   - python: the interpreter's path; nil where nobody knows it.
  static func install(_ requirement: String, _ more: String..., in python: String?) -> String {
    let installer = python.map { PythonEnvironment(path: $0).installer } ?? .pip
    let words = [requirement] + more
    return installer.command(words.map(ShellWord.quote).joined(separator: " "), in: python ?? "python")
  }

  /// How a run's folder is removed that can't be trusted. Who doesn't own it can't do that alone.
  static func remove(_ folder: String) -> String {
    let command = "rm -r \(ShellWord.quote(folder))"
    var status = stat()
    guard lstat(folder, &status) == 0, status.st_uid != geteuid(), geteuid() != 0 else {
      return "if no run needs it, remove it: \(command)"
    }
    return "if no run of theirs needs it, ask them to remove it, or do it as root: sudo \(command)"
  }
}

extension SystemError {
  /// What helps, as far as the error tells.
  var next: String {
    let path = subject.hasPrefix("/") ? subject : "."
    let word = ShellWord.quote(path)
    return switch (code, call) {
    case (EMFILE, "inotify_init1"), (ENOSPC, "inotify_add_watch"):
      "allow more of them: sysctl fs.inotify tells how many there may be"
    case (EMFILE, _), (ENFILE, _): "allow more open files: ulimit -n 4096"
    case (ENOSPC, _), (EDQUOT, _): "make room there: df -h \(word)"
    case (EROFS, _): "its file system is mounted read-only: findmnt -T \(word)"
    case (EACCES, _), (EPERM, _): "see whose it is: ls -ld \(word)"
    default: "see what else is wrong: testmon-xdist doctor"
    }
  }
}
