import CommandLine
import Coordination
import Glibc

/// Writes a result to standard output.
/// - Returns: whether anybody still reads; that nobody does is no error.
/// - Throws: where it can't be written, as on a full disk: that must not look like success.
@discardableResult
func show(_ text: String) throws(Failure) -> Bool {
  switch Output.standard.write(text) {
  case .written: return true
  case .closed: return false
  case .failed(let code):
    throw Failure(.problemFound, "standard output can't be written: \(String(cString: strerror(code)))")
  }
}

/// The same, as JSON; on one line where there are many.
@discardableResult
func show(_ report: some Encodable, pretty: Bool = true) throws(Failure) -> Bool {
  try show(String(decoding: JSON.encode(report, pretty: pretty), as: UTF8.self))
}
