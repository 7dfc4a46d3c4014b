import Glibc

/// The text of a settings file.
///
/// Only a regular file is opened: opening a FIFO would wait until somebody writes to it.
struct TextFile {
  /// Larger than any settings file, and small enough to be read at once.
  static let maximumSize = 1 << 20

  enum Failure: Error {
    /// There is nothing at the path.
    case missing
    /// A folder on the way may not be entered: there may or may not be a file.
    case hidden
    /// What is wrong, and where, if that is known.
    case unusable(String, TextPosition? = nil)
  }

  /// The file's text, as UTF-8 that holds no NUL.
  static func read(_ path: String) throws(Failure) -> [UInt8] {
    var status = stat()
    guard stat(path, &status) == 0 else { throw failure(errno, hiddenIfDenied: true) }
    try checkKind(status)
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw failure(errno, hiddenIfDenied: false) }
    defer { close(descriptor) }
    // Another file may stand there by now.
    guard fstat(descriptor, &status) == 0 else { throw failure(errno, hiddenIfDenied: false) }
    try checkKind(status)
    let bytes = try readAll(descriptor)
    try checkText(bytes)
    return bytes
  }

  private static func failure(_ code: Int32, hiddenIfDenied: Bool) -> Failure {
    switch code {
    case ENOENT, ENOTDIR: .missing
    case EACCES where hiddenIfDenied: .hidden
    default:
      .unusable("can't be read: \(String(cString: strerror(code))); it must be readable for you: ls -l shows its mode")
    }
  }

  private static func checkKind(_ status: stat) throws(Failure) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFDIR: throw .unusable("is a folder, not a settings file; move it away")
    default: throw .unusable("is not a regular file; put a regular one in its place")
    }
  }

  private static func readAll(_ descriptor: Int32) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure(errno, hiddenIfDenied: false)
      }
      bytes += chunk.prefix(count)
      guard bytes.count <= maximumSize else {
        throw .unusable("is larger than 1 MiB; that can't be a settings file; move it away")
      }
    }
  }

  /// TOMLKit takes a C string: it would read a file with a NUL as one that ends there.
  private static func checkText(_ bytes: [UInt8]) throws(Failure) {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var position = TextPosition()
    while true {
      switch decoder.decode(&iterator) {
      case .emptyInput: return
      case .error: throw .unusable("not valid UTF-8; save the file as UTF-8", position)
      case .scalarValue("\0"): throw .unusable("a NUL character; take it out", position)
      case .scalarValue("\n"): position = TextPosition(line: position.line + 1)
      case .scalarValue: position.column += 1
      }
    }
  }
}
