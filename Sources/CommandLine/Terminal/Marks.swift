/// Signs at the beginning of a line; letters where the locale has no others.
public struct Marks: Equatable, Sendable {
  private let isUnicode: Bool

  /// As the C library picks the locale of characters: setlocale(3).
  public init(environment: [String: String]) {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
    let letters = locale.lowercased().filter { $0 != "-" }
    isUnicode = letters.hasSuffix("utf8") || letters.contains("utf8@")
  }

  public var good: String { isUnicode ? "✓" : "+" }
  public var warning: String { "!" }
  public var problem: String { isUnicode ? "✗" : "x" }

  /// The dark and the light part of a bar.
  public var dark: String { isUnicode ? "█" : "#" }
  public var light: String { isUnicode ? "░" : "." }
}
