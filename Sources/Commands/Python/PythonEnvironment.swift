import CommandLine
import Coordination
import Glibc
import Planning
import Platform
import PytestPlugin
import Text
import Variables

/// The Python that a run is for, and what it knows.
struct PythonEnvironment {
  /// The interpreter.
  let path: String
  /// Why it isn't started: somebody else may have put it there. Only where nobody has named it.
  private(set) var distrust: Distrust?

  /// How long an interpreter may take to answer, in seconds: pytest imports a project's conftest.py first.
  static let patience = 60.0

  /// What the interpreter prints, of a program given as source; nil where it can't be started or doesn't end in time.
  struct Output {
    let end: ChildProcess.End
    let standard: [UInt8]
    let errors: String
  }

  /// Interpreters that may be meant, the likeliest first: a virtual environment that is active, the project's own, and
  /// what PATH has. The project's own is whatever lies in a folder that was found by going upwards.
  static func candidates(explicit: String?, rootdir: String, environment: [String: String]) -> [PythonEnvironment] {
    if let explicit { return [PythonEnvironment(path: explicit)] }
    let active = activeFolders(environment).map { "\($0)/bin/python" }
    let own = "\(rootdir)/.venv/bin/python"
    let inPath = ["python3", "python"].compactMap {
      ChildProcess.find($0, path: environment["PATH"] ?? "/usr/bin:/bin")
    }
    let distrust = active.contains(own) ? nil : Trust.problem(with: own)
    return (active + [own]).filter { access($0, X_OK) == 0 }.map {
      PythonEnvironment(path: $0, distrust: $0 == own ? distrust : nil)
    } + inPath.map { PythonEnvironment(path: $0) }
  }

  /// The folders of the environments that are active.
  static func activeFolders(_ environment: [String: String]) -> [String] {
    ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap { environment[$0] }.filter { !$0.isEmpty }
  }

  /// Whether a command is pytest itself, which brings the plugin's facts along.
  static func isPytest(_ command: [String]) -> Bool {
    guard let program = command.first?.split(separator: "/").last else { return false }
    if ["pytest", "py.test"].contains(program) { return true }
    return program.hasPrefix("python") && command.dropFirst().prefix(2) == ["-m", "pytest"]
  }

  /// Runs a part of the plugin, which lies in the folder that is the first argument: the function that is the second, with
  /// the other arguments.
  private static let probe = """
    import sys
    folder, function = sys.argv[1:3]
    sys.path[:] = [folder] + [entry for entry in sys.path if entry]  # not this folder: 'pytest' doesn't have it either
    from testmon_xdist import probe
    sys.path.remove(folder)
    getattr(probe, function)(*sys.argv[3:])
    """

  /// What testmon and pytest in this environment say of a project.
  /// - Parameter variables: those of this process.
  /// - Throws: `CommandFailure` that names what is missing.
  func facts(rootdir: String, variables: [String: String]) throws(CommandFailure) -> Facts {
    try ask("main", [rootdir], variables) { (report: PytestReport) throws(CommandFailure) in
      report.testmon.isEmpty ? nil : try report.known()
    }
  }

  /// What a run of all tests would have to do.
  /// - Parameters:
  ///   - environment: the row to select tests by, in a copy of the data file.
  ///   - variables: those of this process.
  func plannedWork(
    rootdir: String, _ environment: PreparedEnvironment, variables: [String: String]
  ) throws(CommandFailure) -> PlannedWork {
    let json = String(decoding: JSON.encode(environment, pretty: false), as: UTF8.self)
    return try ask("plan", [rootdir, json], variables, interruptible: true) { (work: PlannedWork) in work }
  }

  private func ask<Message: Decodable, Result>(
    _ function: String, _ arguments: [String], _ variables: [String: String], interruptible: Bool = false,
    _ result: (Message) throws(CommandFailure) -> Result?
  ) throws(CommandFailure) -> Result {
    let plugin: PluginFolder
    do { plugin = try PluginFolder(outside: nil, environment: variables) } catch { throw CommandFailure(error) }
    defer { plugin.remove() }
    let output = try run(Self.probe, [plugin.path, function] + arguments, interruptible: interruptible)
    if let message = JSON.decode(Message.self, from: output.standard), let result = try result(message) {
      return result
    }
    if output.end == .signaled(SIGKILL) {
      throw CommandFailure(
        .usage,
        "\(path): pytest there hasn't answered after \(TimeText.seconds(Self.patience)); see where it hangs: "
          + "\(ShellWord.quote(path)) -m pytest --collect-only")
    }
    let last = output.errors.split(separator: "\n").last.map { ": \($0)" } ?? ""
    throw CommandFailure(
      .usage,
      "\(path): pytest with pytest-testmon can't be asked there\(last); "
        + "name the Python that has them with --python PATH, or see: testmon-xdist doctor")
  }

  /// - Parameter interruptible: whether a signal that asks this process to end is an error, so that whoever calls this can
  ///   remove what it has made.
  func run(_ source: String, _ arguments: [String], interruptible: Bool = false) throws(CommandFailure) -> Output {
    if let distrust {
      throw CommandFailure(
        .usage,
        "\(path) is not started, because somebody else could have put it there: \(distrust); "
          + "mend that, or name it, if you know what it is: --python \(ShellWord.quote(path))")
    }
    do {
      return try start(source, arguments, interruptible)
    } catch let error as SystemError {
      throw CommandFailure(.usage, "\(path): can't be started: \(error.reason); name another with --python PATH")
    } catch {
      throw CommandFailure(error)
    }
  }

  private func start(_ source: String, _ arguments: [String], _ interruptible: Bool) throws -> Output {
    let signals = interruptible ? try Signals([SIGINT, SIGTERM, SIGHUP]) : nil
    let (output, outputEnd) = try FileDescriptor.pipe()
    let (errors, errorsEnd) = try FileDescriptor.pipe()
    let nothing = FileDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC))
    let child = try ChildProcess(
      .arguments([path, "-c", source] + arguments), environment: [EnvironmentVariable.workerID.rawValue: nil],
      descriptors: [0: nothing, 1: outputEnd, 2: errorsEnd])
    outputEnd.close()
    errorsEnd.close()
    var standard: [UInt8] = []
    var diagnostics: [UInt8] = []
    let loop = EventLoop()
    loop.watch(output) {
      let bytes = try output.read() ?? []
      if bytes.isEmpty { loop.unwatch(output) }
      if standard.count < 1 << 24 { standard += bytes }
    }
    loop.watch(errors) {
      let bytes = try errors.read() ?? []
      if bytes.isEmpty { loop.unwatch(errors) }
      if diagnostics.count < 1 << 20 { diagnostics += bytes }
    }
    loop.watch(child.handle.descriptor) { loop.stop() }
    loop.at(.now().advanced(by: Self.patience)) {
      child.handle.send(SIGKILL)
    }
    var interruption: Int32?
    if let signals {
      loop.watch(signals.descriptor) {
        interruption = signals.next()?.number
        child.handle.send(SIGKILL)
      }
    }
    try loop.run()
    if let interruption {
      _ = child.wait()
      throw CommandFailure(interruptedBy: interruption)
    }
    signals?.letGo()
    // Whatever it wrote before it ended is in the pipes now; what it started and left behind may hold them open.
    for (pipe, isOutput) in [(output, true), (errors, false)] {
      try pipe.makeNonBlocking()
      while let bytes = try pipe.read(), !bytes.isEmpty {
        if isOutput { standard += bytes } else { diagnostics += bytes }
      }
    }
    return Output(end: child.wait(), standard: standard, errors: String(decoding: diagnostics, as: UTF8.self))
  }
}
