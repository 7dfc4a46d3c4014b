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

  /// The shortest text that stands for the number, in the same form: without an exponent, or a fraction where there is none.
  /// A number that can't be written so, such as -1 or infinity, is written as Swift does it.
  public static func text(_ number: Double) -> String {
    guard number.isFinite, number >= 0 else { return String(number) }
    let parts = "\(number)".split(separator: "e")
    let halves = (parts.first ?? "0").split(separator: ".", omittingEmptySubsequences: false)
    let (whole, fraction) = (halves[0], halves.count > 1 && halves[1] != "0" ? halves[1] : "")
    // Where the point stands among the digits.
    let digits = Array(whole + fraction)
    let point = whole.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    if point <= 0 { return "0." + String(repeating: "0", count: -point) + String(digits) }
    if point >= digits.count { return String(digits) + String(repeating: "0", count: point - digits.count) }
    return String(digits[..<point]) + "." + String(digits[point...])
  }

  private static func isDigits(_ bytes: Substring.UTF8View) -> Bool { !bytes.isEmpty && bytes.allSatisfy(isDigit) }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
