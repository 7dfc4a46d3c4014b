/// What a TOML value without quotes or brackets may look like: a boolean, a number, a date, a time.
///
/// Whether a date exists or a number fits is TOMLKit's to say; but it fails assertions on what isn't even shaped like
/// one, so that may not reach it.
struct ScalarShape {
  private var rest: ArraySlice<UInt8>

  static func isScalar(_ bytes: ArraySlice<UInt8>) -> Bool {
    isBoolean(bytes) || isNumber(bytes) || isDateOrTime(bytes)
  }

  /// Whether this is a date, which a space and a time may follow.
  static func isDate(_ bytes: ArraySlice<UInt8>) -> Bool {
    var shape = ScalarShape(rest: bytes)
    return shape.takeDate() && shape.rest.isEmpty
  }

  private static func isBoolean(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.elementsEqual("true".utf8) || bytes.elementsEqual("false".utf8)
  }

  private static func isNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
    var shape = ScalarShape(rest: bytes)
    for (prefix, digits) in [("0x", "0123456789abcdefABCDEF"), ("0o", "01234567"), ("0b", "01")]
    where bytes.starts(with: prefix.utf8) {
      shape.rest = shape.rest.dropFirst(2)
      return shape.takeDigits(digits) && shape.rest.isEmpty
    }
    _ = shape.take("+-")
    if shape.rest.elementsEqual("inf".utf8) || shape.rest.elementsEqual("nan".utf8) { return true }
    guard shape.takeDigits() else { return false }
    if shape.take("."), !shape.takeDigits() { return false }
    if shape.take("eE") {
      _ = shape.take("+-")
      guard shape.takeDigits() else { return false }
    }
    return shape.rest.isEmpty
  }

  private static func isDateOrTime(_ bytes: ArraySlice<UInt8>) -> Bool {
    var time = ScalarShape(rest: bytes)
    if time.takeTime(), time.rest.isEmpty { return true }
    var shape = ScalarShape(rest: bytes)
    guard shape.takeDate() else { return false }
    if shape.rest.isEmpty { return true }
    guard shape.take("Tt "), shape.takeTime() else { return false }
    if shape.take("Zz") || shape.rest.isEmpty { return shape.rest.isEmpty }
    return shape.take("+-") && shape.take(digits: 2) && shape.take(":") && shape.take(digits: 2) && shape.rest.isEmpty
  }

  private mutating func takeDate() -> Bool {
    take(digits: 4) && take("-") && take(digits: 2) && take("-") && take(digits: 2)
  }

  private mutating func takeTime() -> Bool {
    guard take(digits: 2), take(":"), take(digits: 2), take(":"), take(digits: 2) else { return false }
    guard take(".") else { return true }
    guard take(digits: 1) else { return false }
    while take(digits: 1) {}
    return true
  }

  /// One digit or more, with single underscores between digits.
  private mutating func takeDigits(_ digits: String = "0123456789") -> Bool {
    guard take(digits) else { return false }
    while let byte = rest.first {
      if byte == UInt8(ascii: "_") { rest = rest.dropFirst() }
      guard take(digits) else { return byte != UInt8(ascii: "_") }
    }
    return true
  }

  private mutating func take(digits count: Int) -> Bool {
    for _ in 0..<count where !take("0123456789") { return false }
    return true
  }

  private mutating func take(_ characters: String) -> Bool {
    guard let byte = rest.first, characters.utf8.contains(byte) else { return false }
    rest = rest.dropFirst()
    return true
  }
}
