extension Settings {
  /// Reads all layers: defaults, the user's file, the project's file, environment variables, options.
  ///
  /// - Parameters:
  ///   - rootdir: the project's folder.
  ///   - configFile: the path that `--config` gave, which replaces the project's files; relative to the working folder.
  ///   - environment: the process's.
  ///   - flags: what options set.
  /// - Throws: everything that is wrong, in any layer, even where a later layer has another value.
  /// - SeeAlso: the XDG Base Directory Specification, for the place of the user's file.
  public static func load(
    rootdir: String, configFile: String? = nil, environment: [String: String], flags: FlagOverrides = FlagOverrides()
  ) throws(SettingsError) -> Settings {
    var files: [String] = []
    var shadowed: [String] = []
    var layers: [Layer] = []
    if let file = userFile(environment), let layer = file.read(.optional) {
      layers.append(layer)
      files.append(file.name)
    }
    let project = projectFiles(rootdir: rootdir, configFile: configFile)
    var isFound = false
    for file in project {
      guard let layer = file.read(configFile == nil ? .visible : .required) else { continue }
      // Values that don't count need not be right, but a file that can't be read may hide anything.
      if isFound, !layer.isBroken {
        shadowed.append(file.name)
      } else {
        layers.append(layer)
        files.append(file.name)
        isFound = true
      }
    }
    layers += [EnvironmentLayer.read(environment), flags.layer]
    return try merge(layers, files: files, shadowed: shadowed)
  }

  private static func userFile(_ environment: [String: String]) -> FileLayer? {
    // The specification: a path that isn't absolute is to be ignored, as if the variable weren't set.
    let isAbsolute = { (path: String?) in path?.utf8.first == UInt8(ascii: "/") }
    let folder =
      if let home = environment["XDG_CONFIG_HOME"], isAbsolute(home) {
        home
      } else if let home = environment["HOME"], isAbsolute(home) {
        join(home, ".config")
      } else {
        String?.none
      }
    guard let folder else { return nil }
    let path = join(folder, "testmon-xdist/config.toml")
    return FileLayer(path: path, name: path)
  }

  private static func projectFiles(rootdir: String, configFile: String?) -> [FileLayer] {
    if let configFile { return [FileLayer(path: configFile, name: configFile)] }
    let names = ["testmon-xdist.toml", ".testmon-xdist.toml", "pyproject.toml"]
    return names.map { FileLayer(path: join(rootdir, $0), name: $0) }
  }

  private static func join(_ folder: String, _ name: String) -> String {
    if folder.isEmpty { return name }
    return folder.utf8.last == UInt8(ascii: "/") ? folder + name : "\(folder)/\(name)"
  }

  private static func merge(
    _ layers: [Layer], files: [String], shadowed: [String]
  ) throws(SettingsError) -> Settings {
    var merged = Layer()
    for layer in layers {
      merged.values.merge(layer.values) { _, later in later }
      merged.problems += layer.problems
    }
    let values = merged.values
    let settings = Settings(
      enabled: boolean(.enabled, values), debug: boolean(.debug, values),
      workerTimeout: number(.workerTimeout, values), checkInterval: number(.checkInterval, values),
      backoffFactor: number(.backoffFactor, values), maxInterval: number(.maxInterval, values),
      lockTimeout: number(.lockTimeout, values), keepEnvironments: count(.keepEnvironments, values),
      stopOnNewer: boolean(.stopOnNewer, values), history: count(.history, values),
      files: files, shadowedFiles: shadowed)
    let (check, maximum) = (settings.checkInterval, settings.maxInterval)
    if maximum.value < check.value {
      // Blame what somebody wrote, not a default.
      let place = maximum.origin == .builtIn ? check.origin : maximum.origin
      merged.report(
        place,
        "max_interval is \(numberText(maximum.value)) (\(maximum.origin)), less than check_interval, "
          + "\(numberText(check.value)) (\(check.origin)); make it \(numberText(check.value)) or more")
    }
    guard merged.problems.isEmpty else { throw SettingsError(problems: merged.problems) }
    return settings
  }

  private typealias Values = [SettingKey: (value: SettingValue, origin: Origin)]

  private static func boolean(_ key: SettingKey, _ values: Values) -> Setting<Bool> {
    let (value, origin) = entry(key, values)
    return if case .boolean(let flag) = value { Setting(value: flag, origin: origin) } else { .init(false) }
  }

  private static func number(_ key: SettingKey, _ values: Values) -> Setting<Double> {
    let (value, origin) = entry(key, values)
    return if case .number(let number) = value { Setting(value: number, origin: origin) } else { .init(0) }
  }

  private static func count(_ key: SettingKey, _ values: Values) -> Setting<Int> {
    let (value, origin) = entry(key, values)
    return if case .count(let count) = value { Setting(value: count, origin: origin) } else { .init(0) }
  }

  private static func entry(_ key: SettingKey, _ values: Values) -> (SettingValue, Origin) {
    values[key] ?? (SettingDefinition.definition(of: key).defaultValue, .builtIn)
  }
}

extension Setting {
  /// For a value of the wrong type, which no layer lets through.
  fileprivate init(_ value: Value) { self.init(value: value, origin: .builtIn) }
}
