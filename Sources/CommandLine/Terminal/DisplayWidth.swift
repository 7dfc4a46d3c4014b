/// How many columns of a terminal text takes: wide characters, as those of Chinese and emoji, take two.
public enum DisplayWidth {
  public static func of(_ text: String) -> Int { text.reduce(0) { $0 + of($1) } }

  /// The text, cut where it takes more columns than there are; `...` says so.
  ///
  /// Text without colours: an escape sequence would count.
  public static func cut(_ text: String, to columns: Int) -> String {
    if of(text) <= columns { return text }
    let dots = String(repeating: ".", count: max(0, min(3, columns)))
    var (result, width) = ("", dots.count)
    for character in text {
      width += of(character)
      if width > columns { break }
      result.append(character)
    }
    return result + dots
  }

  private static func of(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    if scalar.value < 0x300 { return 1 }
    let isWide = scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) }
    return isWide || character.unicodeScalars.contains { $0.value == 0xFE0F } ? 2 : 1
  }

  /// The blocks whose characters are wide: Unicode's EastAsianWidth.txt, W and F, as far as people write with them.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
    0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD,
  ]
}
