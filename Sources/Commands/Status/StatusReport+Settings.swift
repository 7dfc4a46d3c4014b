import CommandLine
import Settings
import Text

extension StatusReport {
  /// A setting, and where its value comes from.
  struct Setting: Encodable, Equatable {
    let key: String
    let variable: String
    let effective: Source
    /// What else says something of it, the strongest first.
    let shadowed: [Source]
    let defaultText: String

    struct Source: Encodable, Equatable {
      let value: String
      let origin: Origin

      enum CodingKeys: String, CodingKey { case value, origin, place }

      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        // As TOML would have it.
        if let number = DecimalText.number(value), number.isFinite {
          try container.encode(number, forKey: .value)
        } else if let flag = ["true": true, "false": false][value] {
          try container.encode(flag, forKey: .value)
        } else {
          try container.encode(value, forKey: .value)
        }
        try container.encode(kind, forKey: .origin)
        try container.encode(origin == .builtIn ? nil : origin.description, forKey: .place)
      }

      private var kind: String {
        switch origin {
        case .builtIn: "default"
        case .file: "file"
        case .variable: "variable"
        case .flag: "option"
        }
      }
    }

    enum CodingKeys: String, CodingKey {
      case key, variable, shadowed
      case defaultText = "default"
    }

    /// The effective value stands beside the other keys.
    func encode(to encoder: any Encoder) throws {
      try effective.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(key, forKey: .key)
      try container.encode(variable, forKey: .variable)
      try container.encode(shadowed, forKey: .shadowed)
      try container.encode(defaultText, forKey: .defaultText)
    }

    static func lines(_ settings: [Setting]) -> [String] {
      Columns.lines(
        settings.flatMap { setting in
          [[setting.key, Printable.escape(setting.effective.value), Printable.escape("\(setting.effective.origin)")]]
            + setting.shadowed.map {
              ["", Printable.escape($0.value), "\(Printable.escape("\($0.origin)")), which doesn't count"]
            }
        }, indent: 2)
    }
  }

  /// All settings that hold for these commands; what a pytest has in its environment may be something else.
  static func settings(_ context: Context) -> [Setting] {
    Settings.explain(
      rootdir: context.project.rootdir, configFile: context.configFile, environment: context.environment,
      flags: context.flags
    ).map { one in
      Setting(
        key: one.key, variable: one.variable, effective: Setting.Source(one.effective),
        shadowed: one.shadowed.map(Setting.Source.init), defaultText: one.defaultText)
    }
  }
}

extension StatusReport.Setting.Source {
  fileprivate init(_ source: ExplainedSetting.Source) {
    self.init(value: source.value, origin: source.origin)
  }
}
