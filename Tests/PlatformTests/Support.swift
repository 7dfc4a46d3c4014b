import Glibc
import Platform
import Testing

/// A folder of its own for a test, gone with the last reference to it. It is flat: whatever has been put into it is a
/// file, a link, a FIFO or an empty folder.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/testmon-xdist-platform.XXXXXX".utf8CString)
    path = String(cString: try #require(mkdtemp(&template)))
  }

  deinit {
    for name in (try? Directory.open(path).names()) ?? [] { remove("\(path)/\(name)") }
    rmdir(path)
  }

  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }
  func open() throws -> Directory { try Directory.open(path) }
}

/// The errno that `body` fails with; nil when it doesn't.
func code(_ body: () throws -> Void) -> Int32? {
  do {
    try body()
    return nil
  } catch {
    return (error as? SystemError)?.code
  }
}

/// Much more than anything needs.
var later: Instant { .now().advanced(by: 120) }
