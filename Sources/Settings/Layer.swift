/// What one source says: the values that are right, and what is wrong with the others.
struct Layer {
  var values: [SettingKey: (value: SettingValue, origin: Origin)] = [:]
  var problems: [SettingsError.Problem] = []

  /// Whether the source couldn't be read at all; false where only some of its values are wrong.
  var isBroken = false

  mutating func report(_ place: CustomStringConvertible, _ message: String) {
    problems.append(SettingsError.Problem(place: place.description, message: message))
  }
}
