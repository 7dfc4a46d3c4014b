import CommandLine
import Glibc
import Platform
import PytestPlugin
import Text

/// A pytest with testmon that a wrapped command has started, and that hasn't found our plugin. Nothing tells of it but what
/// it leaves: a data file that has changed.
struct UncoordinatedPytest {
  private let command: [String]
  private let environment: [String: String]
  private let dataFile: String
  private let before: [FileStamp?]

  /// Before the command starts.
  init(_ command: [String], environment: [String: String], dataFile: String) {
    self.command = command
    self.environment = environment
    self.dataFile = dataFile
    before = Self.stamps(dataFile)
  }

  /// What to say of it when the command has ended, and nothing below it was coordinated; nil where no such pytest seems to
  /// have run.
  /// - Parameter status: the command's.
  func warning(status: Int32) -> String? {
    let after = Self.stamps(dataFile)
    let hasChanged = after[0] != nil && after != before
    let cause = cause(testmonWasLoaded: hasChanged)
    let isMeant = cause != nil && namesPytestWithTestmon && ![126, 127].contains(status)
    guard hasChanged || isMeant else { return nil }
    let sign = hasChanged ? "although a pytest with testmon has changed \(dataFile)" : "although it asks for testmon"
    return "nothing below this command was coordinated, \(sign): \(cause ?? Self.unknownCause)"
  }

  private static let unknownCause =
    "something between has cleared the environment, or set PYTHONPATH anew; put 'testmon-xdist controller --' right "
    + "before the pytest there, or install testmon-xdist in its Python, and see: testmon-xdist doctor"

  /// The cause, as far as it shows, and the command to run instead.
  private func cause(testmonWasLoaded: Bool) -> String? {
    let autoload = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"
    if environment[autoload]?.isEmpty == false {
      // Whoever names plugins can't have them loaded by themselves, too; whoever doesn't has no testmon either.
      let before = environment["PYTEST_PLUGINS"].flatMap { $0.isEmpty ? nil : "\($0)," } ?? ""
      let change = testmonWasLoaded ? "PYTEST_PLUGINS=\(before)\(PytestPlugin.module)" : "-u \(autoload)"
      return "\(autoload) keeps pytest from loading the plugin; run: env \(change) \(wrapped(command))"
    }
    if command.contains("--disable-plugin-autoload") {
      return "'--disable-plugin-autoload' keeps pytest from loading the plugin; run: "
        + wrapped(command + ["-p", PytestPlugin.module])
    }
    if let place = command.firstIndex(where: {
      ["no:\(PytestPlugin.module)", "-pno:\(PytestPlugin.module)"].contains($0)
    }) {
      let first = command[place].hasPrefix("-p") ? place : max(place - 1, 0)
      return "its options block the plugin; run: \(wrapped(Array(command[..<first] + command[(place + 1)...])))"
    }
    if let end = endOfEmptyingEnv {
      return "'\(command[0])' takes away the variables by which pytest finds the plugin; put it first: "
        + line(Array(command[..<end])) + " " + wrapped(Array(command[end...]))
    }
    if let python = command.first.map(Self.name), python.hasPrefix("python"),
      let option = command.dropFirst().prefix(while: { $0.hasPrefix("-") && $0 != "-m" }).first(where: isIsolating)
    {
      return "'\(python) \(option)' ignores PYTHONPATH, by which it finds the plugin; run: "
        + wrapped(command.filter { $0 != option })
    }
    return nil
  }

  /// `-I` and `-E`, also among other letters.
  private func isIsolating(_ option: String) -> Bool {
    !option.hasPrefix("--") && option.contains { $0 == "I" || $0 == "E" }
  }

  /// Where the command begins that `env -i`, and variables that it sets, stand before.
  private var endOfEmptyingEnv: Int? {
    guard command.first.map(Self.name) == "env",
      let end = command.indices.dropFirst().first(where: { !command[$0].hasPrefix("-") && !command[$0].contains("=") }),
      command[1..<end].contains(where: { ["-i", "-", "--ignore-environment"].contains($0) })
    else { return nil }
    return end
  }

  private var namesPytestWithTestmon: Bool {
    let isNamed = command.contains { ["pytest", "py.test"].contains(Self.name($0)) }
    let options = command + (environment["PYTEST_ADDOPTS"] ?? "").split(separator: " ").map(String.init)
    return isNamed && options.contains { $0.hasPrefix("--testmon") }
  }

  private static func name(_ word: String) -> String { word.split(separator: "/").last.map(String.init) ?? "" }

  private func wrapped(_ command: [String]) -> String {
    line([CurrentProcess.executable, "controller", "--"] + command)
  }

  private func line(_ words: [String]) -> String { words.map(ShellWord.quote).joined(separator: " ") }

  private struct FileStamp: Equatable {
    let inode: UInt
    let size: Int
    let seconds: Int
    let nanoseconds: Int
  }

  /// Of the data file, and of the log that a killed pytest leaves.
  private static func stamps(_ path: String) -> [FileStamp?] {
    ["", "-wal"].map { suffix in
      var status = stat()
      guard stat(path + suffix, &status) == 0 else { return nil }
      return FileStamp(
        inode: UInt(status.st_ino), size: Int(status.st_size), seconds: status.st_mtim.tv_sec,
        nanoseconds: status.st_mtim.tv_nsec)
    }
  }
}
