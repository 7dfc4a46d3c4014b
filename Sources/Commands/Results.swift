import CommandLine
import Coordination
import Glibc

/// What a command prints on standard output.
enum Results {
  /// Writes a result to standard output.
  /// - Returns: whether anybody still reads it. If nobody does, that is no error.
  /// - Throws: where it can't be written, as on a full disk: that must not look like success.
  @discardableResult
  static func show(_ text: String) throws(CommandFailure) -> Bool {
    switch Output.standard.write(text) {
    case .written: return true
    case .closed: return false
    case .failed(let code):
      throw CommandFailure(
        .problemFound,
        "standard output can't be written: \(String(cString: strerror(code))); make room where it goes, or let it go elsewhere"
      )
    }
  }

  /// The same, as JSON; on one line where there are many.
  @discardableResult
  static func show(_ report: some Encodable, pretty: Bool = true) throws(CommandFailure) -> Bool {
    try show(String(decoding: JSON.encode(report, pretty: pretty), as: UTF8.self))
  }
}
