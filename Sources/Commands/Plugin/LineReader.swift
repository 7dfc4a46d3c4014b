import CommandLine
import Coordination
import Platform

/// Lines from a descriptor that others keep open.
final class LineReader {
  let input: FileDescriptor
  private var rest: [UInt8] = []

  init(_ input: FileDescriptor) { self.input = input }

  /// The next line, waiting for it; nil at the end, where there is nothing to be read any more, or where a line is longer
  /// than any of ours.
  func next() -> [UInt8]? {
    while true {
      if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        defer { rest.removeSubrange(...end) }
        return Array(rest[..<end])
      }
      guard let more = try? input.read(), !more.isEmpty, rest.count < 1 << 24 else { return nil }
      rest += more
    }
  }

  /// The plugin's next message, waiting for it.
  func message<Message: Decodable>(_ type: Message.Type = Message.self) throws(CommandFailure) -> Message {
    guard let line = next(), let message = JSON.decode(type, from: line) else {
      throw CommandFailure(
        .usage,
        "this option is for the pytest plugin, which writes facts to standard input; none came: "
          + "to coordinate a pytest, run testmon-xdist controller -- pytest --testmon")
    }
    return message
  }
}
