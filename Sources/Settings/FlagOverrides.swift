/// Settings from options.
public struct FlagOverrides: Equatable, Sendable {
  /// `--debug` was given.
  public var debug: Bool
  /// `--timeout`, in seconds.
  public var timeout: Double?

  public init(debug: Bool = false, timeout: Double? = nil) {
    self.debug = debug
    self.timeout = timeout
  }
}

extension FlagOverrides: Layer {
  var problem: SettingsError.Problem? { nil }

  var entries: [LayerEntry] {
    let values: [(String, RawValue?)] = [
      ("--debug", debug ? .boolean(true) : nil), ("--timeout", timeout.map(RawValue.number)),
    ]
    return values.compactMap { name, value in
      value.map { LayerEntry(name: name, value: $0, origin: .flag(name), namePlace: name, valuePlace: name) }
    }
  }

  func name(of setting: any SettingDocumentation) -> String? { setting.option }

  func refusal(of name: String, known: [String]) -> String { "unknown option" }
}
