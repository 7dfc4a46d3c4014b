/// One source of settings. It has them as they are written there; which settings there are, and of which types, only the
/// definitions know.
protocol Layer {
  /// Why the source can't be read at all; nil where it can.
  var problem: SettingsError.Problem? { get }

  /// What is written there, in its order.
  var entries: [LayerEntry] { get }

  /// How this source names the setting; nil where it can't set it.
  func name(of setting: any SettingDocumentation) -> String?

  /// What is wrong with a name that no setting has.
  func refusal(of name: String, known: [String]) -> String
}

/// A setting as it is written in one source.
struct LayerEntry {
  let name: String
  let value: RawValue
  let origin: Origin
  /// Where to look if the name is wrong.
  let namePlace: String
  /// Where to look if the value is wrong.
  let valuePlace: String
}
