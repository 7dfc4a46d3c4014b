import CommandLine
import Coordination
import Glibc
import Platform
import Settings

/// `controller` without a command: a run that is held open for `worker`s of a shell script.
struct HeldRun {
  private let options: ControllerOptions
  private let context: Context

  init(_ options: ControllerOptions, _ context: Context) {
    self.options = options
    self.context = context
  }

  func run() throws -> Int32 {
    if options.detached { Detachment.begin() }
    let own = try ProcessIdentity.own()
    let ancestors = ProcessIdentity.ancestors()
    let owner = options.detached ? own : ancestors.first ?? own
    // Above the background half is the half that waits for it.
    let starter = ancestors.dropFirst(options.detached ? 1 : 0).first
    // Held from here on: a script that ends as soon as it hears that we are ready must not be missed.
    let handle = owner == own ? nil : owner.open()
    let facts = try context.facts(options)
    let session = try Session(context, kind: .held, owner: owner, starter: starter)
    let signals = try Signals([SIGTERM, SIGINT, SIGHUP, SIGQUIT])
    do {
      _ = try session.makeReady(facts)
      session.letPytestsJoin()
      if options.detached { try Detachment.tellReady() }
    } catch {
      try? session.end(.failed)
      throw error
    }
    if !options.detached {
      context.diagnostics.note("run \(session.run.id) is ready for workers; Ctrl-C or 'testmon-xdist cleanup' ends it")
    }
    let loop = EventLoop()
    session.watchWorkers(in: loop)
    loop.watch(signals.descriptor) {
      while signals.next() != nil { loop.stop() }
    }
    // A script that ended without ending its run is done with it.
    if let handle { loop.watch(handle.descriptor) { loop.stop() } }
    if owner == own || handle != nil { try loop.run() }
    try session.end(.finished)
    return ExitStatus.done.rawValue
  }
}

/// `controller --detach`: the same in a process of its own, in a session of its own.
enum Detachment {
  /// Starts the background half, and returns when its data is ready, or with the status that it failed with.
  static func start(_ arguments: [String]) throws -> Int32 {
    let (ready, readyEnd) = try FileDescriptor.pipe()
    let nothing = FileDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC))
    let child = try ChildProcess(
      .arguments([Context.executable] + arguments.filter { $0 != "--detach" } + ["--detached"]),
      descriptors: [0: nothing, 1: readyEnd], newSession: true)
    readyEnd.close()
    let isReady = try ready.read()?.isEmpty == false
    return isReady ? ExitStatus.done.rawValue : child.wait().shellStatus
  }

  /// In the background half, first of all: until the data is ready it lives no longer than who waits for it, and what it
  /// inherited beyond the standard descriptors, as a test runner's pipe, it never keeps open.
  static func begin() {
    Signals.whenParentEnds(send: SIGTERM)
    FileDescriptor.closeInherited()
  }

  /// In the background half: tells the other that the data is ready, and lets go of its terminal.
  static func tellReady() throws {
    Signals.whenParentEnds(send: 0)
    guard Output.standard.write("ready\n") == .written else {
      throw Failure(.bug, "whoever started this run in the background is gone")
    }
    let nothing = open("/dev/null", O_RDWR)
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where nothing >= 0 { dup2(nothing, descriptor) }
    if nothing > STDERR_FILENO { close(nothing) }
  }
}

extension Context {
  /// What the Python that is meant says, with what the command line says put in its place.
  func facts(_ options: ControllerOptions) throws(Failure) -> Facts {
    let pythons = PythonEnvironment.candidates(
      explicit: options.python, rootdir: project.rootdir, environment: environment)
    var failure = Failure(.usage, "no Python found in PATH; name the one that has pytest-testmon with --python PATH")
    for (index, python) in pythons.enumerated() {
      do {
        var facts = try python.facts(rootdir: project.rootdir)
        if let name = options.environment { (facts.environmentName, facts.isEnvironmentGiven) = (name, true) }
        facts.expectedWorkers = options.workers ?? 0
        facts.historyFolder = SessionHistory.folder(in: project)
        return facts
      } catch {
        if python.distrust != nil && index + 1 < pythons.count {
          diagnostics.warning(error.message)
        } else {
          diagnostics.debug(error.message)
        }
        // The likeliest one's failure is the one to tell.
        if index == 0 { failure = error }
      }
    }
    throw failure
  }
}
