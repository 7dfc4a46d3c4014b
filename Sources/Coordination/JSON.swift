import FoundationEssentials

/// How everything is written that other processes read: keys sorted, so that equal things have equal bytes.
public enum JSON {
  public static func encode(_ value: some Encodable, pretty: Bool = true) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting =
      pretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
    // Only a number that isn't one (NaN) can't be encoded, and none of ours can be that.
    let data = (try? encoder.encode(value)) ?? Data("{}".utf8)
    return Array(data) + [UInt8(ascii: "\n")]
  }

  /// Nil unless the bytes are JSON of this form.
  public static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) -> T? {
    try? JSONDecoder().decode(type, from: Data(bytes))
  }
}
