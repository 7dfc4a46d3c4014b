import Text

/// A file that may have settings.
struct SettingsFile {
  /// The path that is opened.
  let path: String
  /// The path that people are shown.
  let name: String
  /// Where the settings lie in the file; empty: at the top.
  let table: [String]

  /// The table of a `pyproject.toml` that is ours.
  static let pyprojectTable = ["tool", "testmon-xdist"]

  init(path: String, name: String) {
    self.path = path
    self.name = name
    let file = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) }
    table = file == "pyproject.toml" ? Self.pyprojectTable : []
  }

  /// What a missing file means.
  enum Presence {
    /// It has no settings. Nor has a file in a folder that may not be entered.
    case optional
    /// It has no settings. A file in a folder that may not be entered is an error.
    case visible
    /// That is an error.
    case required
  }

  /// - Returns: nil where there is no file, or no table of ours in it.
  func read(_ presence: Presence) throws(SettingsError.Problem) -> SettingsTable? {
    do {
      return try SettingsTable.parse(TextFile.read(path), at: table)
    } catch let failure as TextFile.Failure {
      switch (failure, presence) {
      case (.missing, .optional), (.missing, .visible), (.hidden, .optional): return nil
      case (.missing, .required): throw problem("there is no such file; name one that is there, or leave --config out")
      case (.hidden, _):
        throw problem(
          "can't be reached: permission denied; see whose the folders are: namei -l \(ShellWord.quote(path))")
      case (.unusable(let message, let position), _): throw problem(message, position)
      }
    } catch let failure as SettingsTable.Failure {
      throw problem(failure.message, failure.position)
    } catch {
      throw problem("can't be read; look at it: ls -l \(ShellWord.quote(path))")
    }
  }

  /// A place in the file.
  func place(_ position: TextPosition?) -> FilePosition {
    FilePosition(path: path, name: name, line: position?.line, column: position?.column)
  }

  private func problem(_ message: String, _ position: TextPosition? = nil) -> SettingsError.Problem {
    SettingsError.Problem(place: place(position).description, message: message)
  }
}
