/// Strings from outside (file names, environment names, settings), made safe to show.
public enum Printable {
  /// The text with everything that could drive a terminal, or hide or reorder what is shown, as an escape.
  ///
  /// That is: control characters, a line break among them, and Unicode's format characters and separators.
  public static func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        switch scalar.properties.generalCategory {
        case .control where scalar.value < 0x100: result += "\\x" + hex(scalar.value, width: 2)
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
          result += "\\u{" + hex(scalar.value, width: 1) + "}"
        default: result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }

  private static func hex(_ value: UInt32, width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
