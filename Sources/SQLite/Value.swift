/// A value of one of SQLite's five storage classes: <https://sqlite.org/datatype3.html>.
public enum Value: Equatable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  /// The integer, or nil when this is of another storage class.
  public var asInteger: Int64? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// The number as a floating-point one, or nil when this isn't a number.
  public var asReal: Double? {
    switch self {
    case .real(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  /// The text, or nil when this is of another storage class. Bytes that aren't UTF-8 were replaced by U+FFFD.
  public var asText: String? {
    if case .text(let value) = self { value } else { nil }
  }

  /// `.null` for nil.
  public static func text(orNull value: String?) -> Value { value.map(Value.text) ?? .null }

  /// `.null` for nil.
  public static func integer(orNull value: Int64?) -> Value { value.map(Value.integer) ?? .null }

  /// `.null` for nil.
  public static func real(orNull value: Double?) -> Value { value.map(Value.real) ?? .null }
}

/// One row of a result.
public struct Row: Equatable, Sendable {
  let values: [Value]

  public var count: Int { values.count }

  /// The value in a column, counted from 0; `.null` where there is no such column.
  public subscript(column: Int) -> Value {
    values.indices.contains(column) ? values[column] : .null
  }
}
