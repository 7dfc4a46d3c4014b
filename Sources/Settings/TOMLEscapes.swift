/// The escapes of TOML's basic strings.
enum TOMLEscapes {
  /// The text that the escapes stand for; what is no escape stays as it is.
  static func decode(_ raw: String) -> String {
    guard raw.utf8.contains(UInt8(ascii: "\\")) else { return raw }
    var result = String.UnicodeScalarView()
    var rest = Substring(raw).unicodeScalars
    while let scalar = rest.popFirst() {
      guard scalar == "\\", let kind = rest.popFirst() else {
        result.append(scalar)
        continue
      }
      switch kind {
      case "b": result.append("\u{8}")
      case "t": result.append("\t")
      case "n": result.append("\n")
      case "f": result.append("\u{C}")
      case "r": result.append("\r")
      case "u", "U":
        let length = kind == "u" ? 4 : 8
        let digits = rest.prefix(length)
        guard digits.count == length, let value = UInt32(String(digits), radix: 16),
          let decoded = Unicode.Scalar(value)
        else {
          result.append(contentsOf: [scalar, kind])
          continue
        }
        rest = rest.dropFirst(digits.count)
        result.append(decoded)
      default: result.append(kind)
      }
    }
    return String(result)
  }
}
