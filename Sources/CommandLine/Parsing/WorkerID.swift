/// The names that a worker may have.
public enum WorkerID {
  /// Whether `id` is fit for the file name `worker_ID_ready`: 1...64 of A-Z a-z 0-9 . _ - and no dot or dash first.
  public static func isValid(_ id: String) -> Bool {
    guard (1...64).contains(id.utf8.count), let first = id.utf8.first else { return false }
    return first != UInt8(ascii: ".") && first != UInt8(ascii: "-") && id.utf8.allSatisfy(isAllowed)
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
