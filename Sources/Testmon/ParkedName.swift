import FoundationEssentials

/// The name of an environment's row while it is parked: kept, but out of every testmon's sight, because testmon looks
/// rows up by their exact name.
///
/// `NAME [kept by testmon-xdist since 2026-11-23T10:36:00Z]`
public struct ParkedName: Equatable, Sendable {
  /// The name that the row had, and gets again when its packages come back.
  public let base: String
  /// When it was parked, to the second.
  public let since: Date

  private static let opening = " [kept by testmon-xdist since "
  private static let closing = "]"
  private static let timeLength = 20

  /// Times that aren't in the years 1970 to 9998 have no fixed-width form and are moved to its ends.
  public init(base: String, since: Date) {
    let latest = 253_370_764_799.0  // 9998-12-31T23:59:59Z
    let seconds = since.timeIntervalSince1970
    self.base = base
    self.since = Date(timeIntervalSince1970: seconds >= 0 ? min(seconds, latest).rounded(.down) : 0)
  }

  /// Takes a row's name apart; nil when it isn't the name of a parked row.
  public init?(_ name: String) {
    let bytes = Array(name.utf8)
    let opening = Array(ParkedName.opening.utf8)
    let suffixLength = opening.count + ParkedName.timeLength + ParkedName.closing.utf8.count
    guard bytes.count >= suffixLength, bytes.last == ParkedName.closing.utf8.first else { return nil }
    let suffix = bytes.suffix(suffixLength)
    guard suffix.starts(with: opening) else { return nil }
    let time = String(decoding: suffix.dropFirst(opening.count).prefix(ParkedName.timeLength), as: UTF8.self)
    // Parsing is lenient; what it makes of the text must be the text again.
    guard let since = try? Date(time, strategy: .iso8601), since.formatted(.iso8601) == time else { return nil }
    self.base = String(decoding: bytes.dropLast(suffixLength), as: UTF8.self)
    self.since = since
  }

  /// The row's name while it is parked.
  public var text: String {
    base + ParkedName.opening + since.formatted(.iso8601) + ParkedName.closing
  }

  public static func == (left: ParkedName, right: ParkedName) -> Bool {
    left.base.utf8.elementsEqual(right.base.utf8) && left.since == right.since
  }
}
