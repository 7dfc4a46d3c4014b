/// A release number of a Python package, as far as releases have to be compared: its three leading numbers.
public struct Release: Comparable, Sendable {
  private let parts: [Int]

  /// The oldest release of pytest-testmon that this program works with.
  public static let oldestKnown = Release("2.0.0")

  /// The newest release of pytest-testmon that this program is made for.
  public static let newestKnown = Release("2.2.0")

  /// The oldest release of pytest-xdist that this program works with.
  public static let oldestXdist = Release("1.29.0")

  /// Any text will do; what is no number counts as 0.
  public init(_ text: String) {
    let numbers = text.split(separator: ".", omittingEmptySubsequences: false).prefix(3).map {
      Int($0.prefix { $0.isASCII && $0.isNumber }) ?? 0
    }
    parts = numbers + Array(repeating: 0, count: 3 - numbers.count)
  }

  /// Whether it isn't newer than another one, as far as these leading numbers tell.
  public func isWithin(_ newest: Release, parts count: Int) -> Bool {
    !newest.parts.prefix(count).lexicographicallyPrecedes(parts.prefix(count))
  }

  public static func < (one: Release, other: Release) -> Bool { one.parts.lexicographicallyPrecedes(other.parts) }
}

extension Release: CustomStringConvertible {
  public var description: String { parts.map(String.init).joined(separator: ".") }
}
