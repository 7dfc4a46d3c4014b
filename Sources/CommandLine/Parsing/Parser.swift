import Text

/// Sorts arguments into an ``Invocation`` by the definitions of ``CommandTable``.
///
/// Names are compared as bytes: to Swift's Character a dash with a combining accent is no dash.
struct Parser {
  private let arguments: [String]
  private var position = 0
  private var result = Invocation()

  /// - Parameter arguments: without the program's own name.
  static func parse(_ arguments: [String]) throws(UsageError) -> Invocation {
    var parser = Parser(arguments)
    try parser.run()
    return parser.result
  }

  private init(_ arguments: [String]) { self.arguments = arguments }

  /// Help and the version are decisive: what follows them isn't looked at.
  private var isDecided: Bool { result.has(.help) || result.has(.version) }

  private mutating func run() throws(UsageError) {
    while let argument = next() {
      if argument == "--" {
        try takeRest()
      } else if argument.utf8.starts(with: "--".utf8) {
        try takeLong(argument)
      } else if argument.utf8.count > 1, argument.utf8.first == UInt8(ascii: "-") {
        try takeShorts(argument)
      } else {
        try takeOperand(argument)
      }
      if isDecided { return }
    }
  }

  private mutating func next() -> String? {
    guard position < arguments.count else { return nil }
    defer { position += 1 }
    return arguments[position]
  }

  // MARK: Options

  private mutating func takeLong(_ argument: String) throws(UsageError) {
    let body = argument.dropFirstBytes(2)
    let (name, value) = body.splitAtEquals()
    guard let option = definition(where: { $0.name.rawValue == name }) else { throw unknownOption("--" + name) }
    try take(option, spelling: option.flag, attached: value)
  }

  private mutating func takeShorts(_ argument: String) throws(UsageError) {
    var rest = argument.dropFirstBytes(1)
    while let letter = rest.unicodeScalars.first {
      rest = String(String.UnicodeScalarView(rest.unicodeScalars.dropFirst()))
      let spelling = "-\(letter)"
      guard let option = definition(where: { $0.short == Character(letter) }) else { throw unknownOption(spelling) }
      let hasEquals = rest.utf8.first == UInt8(ascii: "=")
      if option.argument == .none, !hasEquals {
        try take(option, spelling: spelling, attached: nil)
        if isDecided { return }
      } else {
        let value = hasEquals ? rest.dropFirstBytes(1) : rest
        return try take(option, spelling: spelling, attached: hasEquals || !value.isEmpty ? value : nil)
      }
    }
  }

  private mutating func take(
    _ option: OptionDefinition, spelling: String, attached: String?
  ) throws(UsageError) {
    switch option.argument {
    case .none:
      guard attached == nil else { throw error("\(spelling) is a switch and takes no value") }
      give(option, spelling, nil)
    case .required(let metavar):
      let text = if let attached { attached } else { try takeValue(spelling: spelling, metavar: metavar) }
      try check(text, of: option, spelling: spelling, metavar: metavar)
      give(option, spelling, text)
    case .optionalNumber(let metavar), .optionalText(let metavar):
      if let attached {
        try check(attached, of: option, spelling: spelling, metavar: metavar)
      }
      let isText = option.argument == .optionalText(metavar: metavar)
      give(option, spelling, attached ?? (isText ? takeText() : takeNumber()))
    }
  }

  private mutating func give(_ option: OptionDefinition, _ spelling: String, _ text: String?) {
    result.options.append(Invocation.Given(name: option.name, spelling: spelling, text: text))
  }

  private mutating func takeValue(spelling: String, metavar: String) throws(UsageError) -> String {
    guard let value = next() else { throw error("\(spelling) needs a value: \(spelling) \(metavar)") }
    // Far more often a value was forgotten than one with a dash was meant; `=` is there for the latter.
    if value.utf8.count > 1, value.utf8.first == UInt8(ascii: "-") {
      throw error(
        "\(spelling) needs a value before '\(value)'; a value that starts with a dash is written \(spelling)=VALUE")
    }
    return value
  }

  private mutating func takeNumber() -> String? {
    guard position < arguments.count, let first = arguments[position].utf8.first else { return nil }
    return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) ? next() : nil
  }

  private mutating func takeText() -> String? {
    guard position < arguments.count, let first = arguments[position].utf8.first else { return nil }
    return first == UInt8(ascii: "-") ? nil : next()
  }

  private func check(
    _ text: String, of option: OptionDefinition, spelling: String, metavar: String
  ) throws(UsageError) {
    guard !text.isEmpty else { throw error("\(spelling) needs a value that isn't empty: \(spelling) \(metavar)") }
    guard option.choices.isEmpty || option.choices.contains(text) else {
      let known = option.choices.joined(separator: ", ")
      throw error("\(spelling): '\(text)' is none of \(known)\(Spelling.didYouMean(text, option.choices))")
    }
  }

  private func definition(where matches: (OptionDefinition) -> Bool) -> OptionDefinition? {
    CommandTable.options(for: result.command).first(where: matches)
  }

  private func unknownOption(_ spelling: String) -> UsageError {
    let isLong = spelling.utf8.starts(with: "--".utf8)
    let owners = CommandTable.commands.filter { command in
      command.options.contains { !$0.hidden && (isLong ? $0.flag == spelling : $0.short.map { "-\($0)" } == spelling) }
    }
    if !owners.isEmpty {
      let names = owners.map(\.name.rawValue).joined(separator: ", ")
      let place = result.command.map { "'\($0.rawValue)' has no option \(spelling)" } ?? "\(spelling) follows a command"
      return error("\(place); it belongs to: \(names)")
    }
    if let command = result.command, CommandTable.topLevel.contains(where: { !$0.hidden && $0.flag == spelling }) {
      return error("\(spelling) stands alone: \(CommandTable.program) \(spelling), without '\(command.rawValue)'")
    }
    let known = CommandTable.options(for: result.command).filter { !$0.hidden }.map(\.flag)
    let suggestion = isLong ? Spelling.didYouMean(spelling, known) : ""
    let place = takesCommand && suggestion.isEmpty ? "; options of COMMAND come after '--'" : ""
    return error("unknown option '\(spelling)'\(suggestion)\(place)")
  }

  // MARK: Words

  private var takesCommand: Bool {
    result.command.map { CommandTable.definition(of: $0).takesCommand } ?? false
  }

  private mutating func takeOperand(_ word: String) throws(UsageError) {
    guard let name = result.command else {
      guard let command = CommandName(rawValue: word) else {
        let names = CommandName.allCases.map(\.rawValue)
        throw error("unknown command '\(word)'\(Spelling.didYouMean(word, names))")
      }
      result.command = command
      return
    }
    guard result.operands.count < CommandTable.definition(of: name).maximumOperands else {
      throw takesCommand ? missingDashes() : error("'\(name.rawValue)' takes no further argument: '\(word)'")
    }
    result.operands.append(word)
  }

  private func missingDashes() -> UsageError {
    let start = position - 1
    let words = arguments[..<start] + ["--"] + arguments[start...]
    let line = ([CommandTable.program] + words.map(ShellWord.quote)).joined(separator: " ")
    return error("a command to run comes after '--': \(line)")
  }

  private mutating func takeRest() throws(UsageError) {
    let rest = arguments[position...]
    if takesCommand {
      guard !rest.isEmpty else { throw error("no COMMAND follows '--'") }
      result.words = Array(rest)
      position = arguments.count
    } else {
      while let word = next() { try takeOperand(word) }
    }
  }

  // MARK: Errors

  private func error(_ message: String) -> UsageError {
    UsageError.make(message, command: result.command, arguments: arguments)
  }
}

extension UsageError {
  /// - Parameter arguments: all of them; a COMMAND counts even where the error lies before it.
  static func make(_ message: String, command: CommandName?, arguments: [String]) -> UsageError {
    let line = [CommandTable.program, command?.rawValue, "--help"].compactMap { $0 }.joined(separator: " ")
    let dashes = arguments.firstIndex(of: "--") ?? arguments.endIndex
    let takesCommand = command.map { CommandTable.definition(of: $0).takesCommand } ?? true
    return UsageError(
      message: message, hint: "Try '\(line)'.", hasCommand: takesCommand && arguments.count - dashes > 1)
  }
}

extension String {
  fileprivate func dropFirstBytes(_ count: Int) -> String { String(Substring(utf8.dropFirst(count))) }

  fileprivate func splitAtEquals() -> (String, String?) {
    guard let equals = utf8.firstIndex(of: UInt8(ascii: "=")) else { return (self, nil) }
    return (String(Substring(utf8[..<equals])), String(Substring(utf8[utf8.index(after: equals)...])))
  }
}
