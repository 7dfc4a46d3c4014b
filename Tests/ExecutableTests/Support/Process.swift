import Glibc
import Platform
import Testing

/// How a process ended, and what it wrote.
struct Outcome: CustomStringConvertible {
  let end: ChildProcess.End
  /// What it wrote to stdout and to stderr.
  let output: String
  let errors: String

  /// As a shell gives it.
  var status: Int32 { end.shellStatus }
  var text: String { output + errors }
  /// Rather than with a status that says so.
  var diedOfASignal: Bool { if case .signaled = end { true } else { false } }
  var description: String { "\(end)\n--- stdout\n\(output)--- stderr\n\(errors)" }
}

/// A process that a test has started, with its output captured. It is killed with the last reference to it.
final class Process {
  /// Much more than anything needs: whoever is still waiting then waits for nothing.
  static let patience = 120.0

  private let child: ChildProcess
  private let streams: [Stream]
  /// What must not go before it: the folder that it runs in.
  private let owner: AnyObject?
  private var hasEnded = false
  private var outcome: Outcome?

  var pid: Int32 { child.pid }

  /// - Parameters:
  ///   - words: the program, with its path, and its arguments.
  ///   - environment: all of its environment.
  init(_ words: [String], in folder: String, environment: [String: String], keeping owner: AnyObject? = nil) throws {
    self.owner = owner
    var changes = Process.unset
    for (name, value) in environment { changes[name] = .some(value) }
    let (output, outputEnd) = try FileDescriptor.pipe()
    let (errors, errorsEnd) = try FileDescriptor.pipe()
    let nothing = FileDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC))
    child = try ChildProcess(
      .arguments(["/bin/sh", "-c", #"cd "$0" && exec "$@""#, folder] + words), environment: changes,
      descriptors: [0: nothing, 1: outputEnd, 2: errorsEnd])
    streams = [Stream(output), Stream(errors)]
  }

  deinit {
    if outcome == nil {
      child.handle.send(SIGKILL)
      _ = child.wait()
    }
  }

  func send(_ signal: Int32) { child.handle.send(signal) }

  /// Waits until it has written this, to stdout or stderr.
  func waitForOutput(_ text: String) throws {
    try run { $0.streams.contains { $0.text.contains(text) } }
    try #require(streams.contains { $0.text.contains(text) }, "it ended without writing '\(text)': \(written)")
  }

  /// Waits for its end.
  @discardableResult
  func finish() throws -> Outcome {
    if let outcome { return outcome }
    try run { $0.hasEnded }
    // What it has started and left behind may hold the pipes open.
    for stream in streams { try stream.drain() }
    let outcome = Outcome(end: child.wait(), output: streams[0].text, errors: streams[1].text)
    self.outcome = outcome
    return outcome
  }

  private var written: String { streams.map(\.text).joined(separator: "\n--- stderr\n") }

  /// Takes what it writes until `isDone`, or until it has ended.
  private func run(until isDone: @escaping (Process) -> Bool) throws {
    if hasEnded || isDone(self) { return }
    let loop = EventLoop()
    var isLate = false
    for stream in streams where !stream.isAtEnd {
      loop.watch(stream.pipe) {
        try stream.take()
        if stream.isAtEnd { loop.unwatch(stream.pipe) }
        if isDone(self) { loop.stop() }
      }
    }
    loop.watch(child.handle.descriptor) {
      self.hasEnded = true
      loop.stop()
    }
    loop.at(.now().advanced(by: Process.patience)) {
      isLate = true
      loop.stop()
    }
    try loop.run()
    try #require(!isLate, "still waiting after \(Process.patience) s: \(written)")
  }

  /// The variables of this process, which what it starts must not see.
  private static let unset: [String: String?] = {
    var changes: [String: String?] = [:]
    var next = environ
    while let entry = next.pointee {
      changes.updateValue(nil, forKey: String(String(cString: entry).prefix { $0 != "=" }))
      next += 1
    }
    return changes
  }()

  private final class Stream {
    let pipe: FileDescriptor
    private var bytes: [UInt8] = []
    private(set) var isAtEnd = false
    var text: String { String(decoding: bytes, as: UTF8.self) }

    init(_ pipe: FileDescriptor) { self.pipe = pipe }

    func take() throws {
      let more = try pipe.read() ?? []
      isAtEnd = more.isEmpty
      bytes += more
    }

    func drain() throws {
      try pipe.makeNonBlocking()
      while let more = try pipe.read(), !more.isEmpty { bytes += more }
    }
  }
}

/// Waits until something holds that shows in a folder: it is looked at whenever something changes there.
func wait(for what: String, in folder: String, until isSo: @escaping () -> Bool) throws {
  let watch = try DirectoryWatch(folder)
  var isLate = false
  let loop = EventLoop()
  loop.watch(watch.descriptor) {
    watch.drain()
    if isSo() { loop.stop() }
  }
  loop.at(.now().advanced(by: Process.patience)) {
    isLate = true
    loop.stop()
  }
  if isSo() { return }
  try loop.run()
  try #require(!isLate, "no \(what) after \(Process.patience) s")
}
