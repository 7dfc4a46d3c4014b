/// The settings that options set.
public struct FlagOverrides: Equatable, Sendable {
  /// `--debug` was given.
  public var debug: Bool
  /// `--timeout`, in seconds.
  public var timeout: Double?

  public init(debug: Bool = false, timeout: Double? = nil) {
    self.debug = debug
    self.timeout = timeout
  }

  var layer: Layer {
    var layer = Layer()
    if debug { layer.values[.debug] = (.boolean(true), .flag("--debug")) }
    if let timeout {
      let definition = SettingDefinition.definition(of: .workerTimeout)
      if definition.allows(.number(timeout)) {
        layer.values[.workerTimeout] = (.number(timeout), .flag("--timeout"))
      } else {
        layer.report("--timeout", "\(numberText(timeout)) is out of range; it must be \(definition.expectation)")
      }
    }
    return layer
  }
}
