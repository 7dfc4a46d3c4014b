/// Numbers of bytes, in words for people.
enum SizeText {
  /// "12.3 MB", "1.5 GB", "12 kB"
  static func bytes(_ count: Int64) -> String {
    let (kilo, mega, giga) = (Int64(1000), Int64(1_000_000), Int64(1_000_000_000))
    if count < kilo { return "\(count) bytes" }
    if count < mega { return "\(count / kilo) kB" }
    let (unit, name) = count < giga ? (mega, "MB") : (giga, "GB")
    return "\(count / unit).\(count % unit * 10 / unit) \(name)"
  }
}
