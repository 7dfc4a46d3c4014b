/// Looks up one setting after the other in the layers, and collects what is wrong with them.
struct SettingsReader {
  /// The settings that were looked up, in that order.
  private(set) var definitions: [any SettingDocumentation] = []
  private let layers: [any Layer]
  /// What became of each entry of each layer; nil as long as no setting of its name was looked up.
  private var outcomes: [[Outcome?]]

  private enum Outcome {
    case accepted
    case refused(String)
  }

  /// - Parameter layers: a later one wins.
  init(_ layers: [any Layer]) {
    self.layers = layers
    outcomes = layers.map { Array(repeating: nil, count: $0.entries.count) }
  }

  /// The last layer's value, or the default.
  mutating func read<Value>(_ definition: SettingDefinition<Value>) -> Setting<Value> {
    definitions.append(definition)
    var setting = Setting(value: definition.defaultValue, origin: .builtIn)
    for (number, layer) in layers.enumerated() {
      guard let name = layer.name(of: definition),
        let index = layer.entries.firstIndex(where: { $0.name == name })
      else { continue }
      let entry = layer.entries[index]
      outcomes[number][index] = .accepted
      // An empty variable is how a shell or a CI service says that there is none.
      if entry.value == .text("") { continue }
      do {
        setting = Setting(value: try definition.read(entry.value), origin: entry.origin)
      } catch {
        outcomes[number][index] = .refused(error.message)
      }
    }
    return setting
  }

  /// Everything that is wrong, in the order of the layers and of what is written in them. All settings must have been
  /// looked up: any other name is unknown.
  func problems() -> [SettingsError.Problem] {
    zip(layers, outcomes).flatMap { layer, outcomes in
      let known = definitions.compactMap(layer.name)
      let wrong = zip(layer.entries, outcomes).compactMap { entry, outcome -> SettingsError.Problem? in
        switch outcome {
        case .accepted: nil
        case .refused(let message): SettingsError.Problem(place: entry.valuePlace, message: message)
        case nil:
          SettingsError.Problem(place: entry.namePlace, message: layer.refusal(of: entry.name, known: known))
        }
      }
      return [layer.problem].compactMap { $0 } + wrong
    }
  }
}
