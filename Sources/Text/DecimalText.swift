/// Numbers as people write them: digits, and at most one decimal point; no sign, exponent, hex, nan or inf.
public enum DecimalText {
  /// The whole number that the text is, or nil: not digits only, or too large for an Int.
  public static func whole(_ text: String) -> Int? {
    isDigits(Substring(text).utf8) ? Int(text) : nil
  }

  /// The number that the text is, or nil. Very long ones become infinite: check the range.
  public static func number(_ text: String) -> Double? {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ $0.allSatisfy(isDigit) }), parts.contains(where: { !$0.isEmpty }) else {
      return nil
    }
    return Double(text)
  }

  private static func isDigits(_ bytes: Substring.UTF8View) -> Bool { !bytes.isEmpty && bytes.allSatisfy(isDigit) }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
