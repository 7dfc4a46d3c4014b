import Settings
import Text

/// Turns what was typed into what it means, and refuses what has no meaning.
struct RequestBuilder {
  private let invocation: Invocation
  private let arguments: [String]

  init(_ invocation: Invocation, _ arguments: [String]) {
    self.invocation = invocation
    self.arguments = arguments
  }

  func build() throws(UsageError) -> Request {
    if let help = invocation.option(.help) {
      return .help(invocation.command, help.spelling == "-h" ? .short : .long)
    }
    if has(.version) { return .version }
    if let file = text(.generate).flatMap(GeneratedFile.init(rawValue:)) { return .generate(file) }
    guard let command = invocation.command else {
      let names = CommandName.allCases.map(\.rawValue).joined(separator: ", ")
      throw error("a command is needed, one of \(names)")
    }
    switch command {
    case .controller: return .controller(try controller(), common())
    case .worker: return .worker(try worker(), common())
    case .status: return .status(try status(), common())
    case .cleanup: return .cleanup(CleanupOptions(dryRun: has(.dryRun), force: has(.force)), common())
    case .doctor: return .doctor(DoctorOptions(json: has(.json), fix: has(.fix), python: text(.python)), common())
    case .help: return .help(try helpTopic(), .long)
    }
  }

  private func common() -> CommonOptions {
    CommonOptions(
      rootdir: text(.rootdir), config: text(.config), debug: has(.debug), quiet: has(.quiet),
      color: text(.color).flatMap(ColorChoice.init(rawValue:)) ?? .auto)
  }

  private func controller() throws(UsageError) -> ControllerOptions {
    if has(.detach), invocation.words != nil {
      throw error("--detach and a COMMAND don't go together; leave out one of them")
    }
    return ControllerOptions(
      workers: try whole(.workers, in: 1...4096), timeout: try timeout(), environment: text(.environment),
      python: text(.python), detach: has(.detach), companion: text(.companion), compare: text(.compare),
      detached: has(.detached),
      command: invocation.words)
  }

  private func worker() throws(UsageError) -> WorkerOptions {
    guard let id = invocation.operands.first else {
      throw error("'worker' needs an ID, for example: \(CommandTable.program) worker gw0")
    }
    guard WorkerID.isValid(id) else {
      throw error(
        "'\(id)' is no worker ID; an ID is 1 to 64 of A-Z a-z 0-9 . _ - and starts with no dot or dash, such as gw0")
    }
    if has(.json), has(.export) { throw error("--json and --export don't go together; leave out one of them") }
    return WorkerOptions(
      id: id, timeout: try timeout(), output: has(.json) ? .json : has(.export) ? .export : .human,
      reader: text(.reader), command: invocation.words)
  }

  private func status() throws(UsageError) -> StatusOptions {
    var history = try whole(.history, in: 1...1_000_000)
    if let value = invocation.option(.history), value.text == nil { history = CommandTable.defaultHistory }
    for other in [OptionName.plan, .why, .settings] where has(.watch) && has(other) {
      throw error("--watch and --\(other.rawValue) don't go together; leave out one of them")
    }
    if has(.python), !has(.plan) { throw error("--python goes with --plan, and is of no use without it") }
    return StatusOptions(
      json: has(.json), watch: has(.watch), history: history, plan: has(.plan), settings: has(.settings),
      why: invocation.option(.why).map { $0.text.map { StatusOptions.Why.test($0) } ?? .lastRun }, python: text(.python)
    )
  }

  private func helpTopic() throws(UsageError) -> CommandName? {
    guard let word = invocation.operands.first else { return nil }
    guard let topic = CommandName(rawValue: word) else {
      throw error("unknown command '\(word)'\(Spelling.didYouMean(word, CommandName.allCases.map(\.rawValue)))")
    }
    return topic
  }

  // MARK: Values

  private func has(_ name: OptionName) -> Bool { invocation.has(name) }

  private func text(_ name: OptionName) -> String? { invocation.option(name)?.text }

  private func whole(_ name: OptionName, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let value = invocation.option(name), let text = value.text else { return nil }
    guard let number = DecimalText.whole(text), range.contains(number) else {
      throw error(
        "\(value.spelling): '\(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private func timeout() throws(UsageError) -> Double? {
    guard let value = invocation.option(.timeout), let text = value.text else { return nil }
    guard let seconds = Settings.workerTimeout.value(of: text) else {
      throw error(
        "\(value.spelling): '\(text)' is not \(Settings.workerTimeout.expectation); write for example 30 or 2.5")
    }
    return seconds
  }

  private func error(_ message: String) -> UsageError {
    UsageError.make(message, command: invocation.command, arguments: arguments)
  }
}
