/// What is found of a plugin that `-p no:NAME` keeps from being loaded.
enum BlockedPlugin {
  static func findings(
    _ name: String, _ plugin: Rehearsal.Plugin?, _ context: CheckContext, means: String
  ) -> [Finding] {
    guard let plugin else { return [] }
    guard plugin.blocked && !plugin.loaded else { return [.good("\(name) isn't switched off")] }
    let (place, remedy) = context.origin(of: "no:\(name)")
    return [.failure("-p no:\(name) (\(place)): \(means)", next: remedy)]
  }
}
