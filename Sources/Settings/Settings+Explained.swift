/// A setting with all that is said of its value, in any layer.
public struct ExplainedSetting: Equatable, Sendable {
  /// A value and who says it.
  public struct Source: Equatable, Sendable {
    /// As it is written in a variable.
    public let value: String
    public let origin: Origin
  }

  public let key: String
  public let variable: String
  /// What counts.
  public let effective: Source
  /// What other sources say, which doesn't count; the strongest first. The default isn't among them.
  public let shadowed: [Source]
  /// The default, with its unit.
  public let defaultText: String
}

extension Settings {
  /// The settings as ``load(rootdir:configFile:environment:flags:)`` finds them, in the order in which people are shown them.
  public static func explain(
    rootdir: String, configFile: String? = nil, environment: [String: String], flags: FlagOverrides = FlagOverrides()
  ) -> [ExplainedSetting] {
    let files = fileLayers(rootdir: rootdir, configFile: configFile, environment)
    let layers: [any Layer] = files.counting + [EnvironmentLayer(environment), flags]
    return documentation.map { setting in
      let found = layers.flatMap { sources(of: setting, in: $0) }
      let ignored = files.shadowed.flatMap { sources(of: setting, in: $0) }
      let builtIn = ExplainedSetting.Source(
        value: (setting as? any SettingText)?.defaultValueText ?? "", origin: .builtIn)
      return ExplainedSetting(
        key: setting.key, variable: setting.variable, effective: found.last ?? builtIn,
        shadowed: found.dropLast().reversed() + ignored, defaultText: setting.defaultText)
    }
  }

  private static func sources(of setting: any SettingDocumentation, in layer: any Layer) -> [ExplainedSetting.Source] {
    guard let name = layer.name(of: setting) else { return [] }
    // An empty variable counts as one that isn't set.
    return layer.entries.filter { $0.name == name && $0.value != .text("") }.map { entry in
      let text = (setting as? any SettingText)?.text(of: entry.value) ?? entry.value.description
      return ExplainedSetting.Source(value: text, origin: entry.origin)
    }
  }
}

/// A definition whose type isn't known here.
private protocol SettingText {
  var defaultValueText: String { get }
  /// A value as it is written in a variable; nil for one that this setting can't have.
  func text(of raw: RawValue) -> String?
}

extension SettingDefinition: SettingText {
  fileprivate var defaultValueText: String { type.text(defaultValue) }
  fileprivate func text(of raw: RawValue) -> String? { (try? read(raw)).map(type.text) }
}
