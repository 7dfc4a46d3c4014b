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
    let files = fileLayers(rootdir: rootdir, configFile: configFile, environment)
    var reader = SettingsReader(files.counting + [EnvironmentLayer(environment), flags])
    let settings = Settings(&reader, shadowedFiles: files.shadowed.map(\.name))
    let problems = reader.problems() + settings.contradictions
    guard problems.isEmpty else { throw SettingsError(problems: problems) }
    return settings
  }

  /// The files with settings that count, and those of the project before which another one comes.
  static func fileLayers(
    rootdir: String, configFile: String?, _ environment: [String: String]
  ) -> (counting: [FileLayer], shadowed: [FileLayer]) {
    var files: [FileLayer] = []
    var shadowed: [FileLayer] = []
    if let file = userFile(environment), let layer = FileLayer(file, .optional) { files.append(layer) }
    let project = projectFiles(rootdir: rootdir, configFile: configFile)
    var isFound = false
    for file in project {
      guard let layer = FileLayer(file, configFile == nil ? .visible : .required) else { continue }
      // Values that don't count need not be right, but a file that can't be read may hide anything.
      if isFound, layer.problem == nil {
        shadowed.append(layer)
      } else {
        files.append(layer)
        isFound = true
      }
    }
    return (files, shadowed)
  }

  private static func userFile(_ environment: [String: String]) -> SettingsFile? {
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
    return SettingsFile(path: path, name: path)
  }

  private static func projectFiles(rootdir: String, configFile: String?) -> [SettingsFile] {
    if let configFile { return [SettingsFile(path: configFile, name: configFile)] }
    let names = ["testmon-xdist.toml", ".testmon-xdist.toml", "pyproject.toml"]
    return names.map { SettingsFile(path: join(rootdir, $0), name: $0) }
  }

  private static func join(_ folder: String, _ name: String) -> String {
    if folder.isEmpty { return name }
    return folder.utf8.last == UInt8(ascii: "/") ? folder + name : "\(folder)/\(name)"
  }
}
