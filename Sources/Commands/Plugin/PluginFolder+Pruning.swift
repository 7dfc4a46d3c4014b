import FoundationEssentials
import Platform

/// What other releases have left in the user's cache.
extension PluginFolder {
  private static let prefix = "plugin-"
  /// The first release notes no use of its folder, so what looks unused may not be. In seconds.
  private static let keptFor = 30.0 * 86400

  /// Removes the plugins of other releases that nobody uses, and nobody has used for some time.
  /// - Parameters:
  ///   - cache: where they lie.
  ///   - now: in seconds since 1970.
  static func prune(_ cache: String, besides own: String, now: Double = WallClock.now()) {
    let names = (try? Directory.open(cache).names()) ?? []
    for path in names.filter(isPlugin).map({ "\(cache)/\($0)" }) where path != own {
      guard let use = FolderUse.claim(path), now - use.lastChange > keptFor else { continue }
      withExtendedLifetime(use) { try? FileManager.default.removeItem(atPath: path) }
    }
  }

  /// Whether this program gives such names.
  private static func isPlugin(_ name: String) -> Bool {
    let digits = name.dropFirst(prefix.count)
    return name.hasPrefix(prefix) && (1...16).contains(digits.count) && UInt64(digits, radix: 16) != nil
  }
}
