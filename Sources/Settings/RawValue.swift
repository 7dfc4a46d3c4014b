import Text

/// A value as its source has it, before it is known of which type it should be.
enum RawValue: Equatable, CustomStringConvertible {
  /// A variable's, which may stand for any type.
  case text(String)
  // A file's, or an option's.
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  /// Of a type that no setting has, by the name of that type.
  case other(String)

  /// What it is, for messages.
  var noun: String {
    switch self {
    case .text(let text): "'\(text)'"
    case .boolean(let value): "the boolean \(value)"
    case .integer(let value): "the integer \(value)"
    case .number(let value): "the number \(value)"
    case .string: "a string"
    case .other(let name): name
    }
  }

  /// The value alone, for messages.
  var description: String {
    switch self {
    case .text(let text), .string(let text): "'\(text)'"
    case .boolean(let value): String(value)
    case .integer(let value): String(value)
    case .number(let value): DecimalText.text(value)
    case .other(let name): name
    }
  }
}
