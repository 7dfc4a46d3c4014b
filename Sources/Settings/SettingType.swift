import Text

/// What a setting may be: how a value is read, which values are allowed, and how messages and documents put that.
public struct SettingType<Value: Equatable & Sendable>: Sendable {
  /// What came of reading a value.
  enum Reading: Equatable {
    case value(Value)
    case wrongType
    /// Of the right type, but not one of the allowed values.
    case notAllowed
  }

  /// The type without its range, for messages: `a number of seconds`.
  let noun: String
  /// The allowed values, for documents: `0.001 to 60`.
  let values: String
  /// The type with its range, for messages: `a number of seconds from 0.001 to 60`.
  let expectation: String
  /// What a number counts, for documents; empty where that needs no word.
  let unit: String
  /// What messages suggest; nil: the setting's default.
  let example: Value?
  /// Whether TOML wants quotation marks around it.
  let isQuoted: Bool
  let read: @Sendable (RawValue) -> Reading
  /// The value as it is written in a variable.
  let text: @Sendable (Value) -> String
}

extension SettingType<Bool> {
  static var boolean: Self {
    Self(
      noun: "true or false", values: "true, false", expectation: "true or false", unit: "", example: true,
      isQuoted: false,
      read: { raw in
        switch raw {
        case .boolean(let value): .value(value)
        case .text(let text): word(text).map(Reading.value) ?? .wrongType
        default: .wrongType
        }
      },
      text: { String($0) })
  }

  private static func word(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "1", "yes", "on": true
    case "false", "0", "no", "off": false
    default: nil
    }
  }
}

extension SettingType<Double> {
  static func seconds(_ range: ClosedRange<Double>) -> Self {
    number(noun: "a number of seconds", unit: "s", Limits(range: range))
  }

  /// Seconds, where the lower bound itself is not allowed.
  static func seconds(above lower: Double, upTo upper: Double) -> Self {
    number(noun: "a number of seconds", unit: "s", Limits(range: lower...upper, isLowerExcluded: true))
  }

  static func number(_ range: ClosedRange<Double>) -> Self { number(noun: "a number", unit: "", Limits(range: range)) }

  private static func number(noun: String, unit: String, _ limits: Limits<Double>) -> Self {
    number(
      noun: noun, unit: unit, limits,
      read: { raw in
        switch raw {
        case .text(let text): DecimalText.number(text)
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
      },
      text: DecimalText.text)
  }
}

extension SettingType<Int> {
  /// A whole number of what `unit` says, in the plural.
  static func count(_ range: ClosedRange<Int>, of unit: String) -> Self {
    number(
      noun: "a whole number", unit: unit, Limits(range: range),
      read: { raw in
        switch raw {
        case .text(let text): DecimalText.whole(text)
        case .integer(let value): value
        default: nil
        }
      },
      text: { String($0) })
  }
}

extension SettingType where Value: CaseIterable & RawRepresentable<String> {
  /// One of the enumeration's raw values.
  static var choice: Self {
    let list = Value.allCases.map(\.rawValue).joined(separator: ", ")
    return Self(
      noun: "one of \(list)", values: list, expectation: "one of \(list)", unit: "", example: nil, isQuoted: true,
      read: { raw in
        switch raw {
        case .text(let text): Value(rawValue: text).map(Reading.value) ?? .wrongType
        case .string(let text): Value(rawValue: text).map(Reading.value) ?? .notAllowed
        default: .wrongType
        }
      },
      text: \.rawValue)
  }
}

extension SettingType where Value: Comparable {
  private static func number(
    noun: String, unit: String, _ limits: Limits<Value>, read: @escaping @Sendable (RawValue) -> Value?,
    text: @escaping @Sendable (Value) -> String
  ) -> Self {
    let (lower, upper) = (text(limits.range.lowerBound), text(limits.range.upperBound))
    return Self(
      noun: noun, values: limits.isLowerExcluded ? "above \(lower), up to \(upper)" : "\(lower) to \(upper)",
      expectation: noun
        + (limits.isLowerExcluded ? " above \(lower) and up to \(upper)" : " from \(lower) to \(upper)"),
      unit: unit, example: nil, isQuoted: false,
      read: { raw in read(raw).map { limits.contains($0) ? .value($0) : .notAllowed } ?? .wrongType },
      text: text)
  }
}

/// The numbers that a setting may be.
private struct Limits<Number: Comparable & Sendable>: Sendable {
  let range: ClosedRange<Number>
  var isLowerExcluded = false

  func contains(_ number: Number) -> Bool {
    range.contains(number) && !(isLowerExcluded && number == range.lowerBound)
  }
}
