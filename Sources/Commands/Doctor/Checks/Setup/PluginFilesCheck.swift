/// Is the plugin as it was installed?
struct PluginFilesCheck: Check {
  let name = "plugin-files"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    guard let python = try? context.python.get(), python.plugin != nil else { return [] }
    guard let first = python.damaged.first else { return [.good("the plugin is as it was installed")] }
    let more = python.damaged.count == 1 ? "" : " and \(python.damaged.count - 1) more"
    return [
      .failure(
        "the plugin isn't as it was installed: \(first)\(more) is missing or has another size",
        next: python.installPlugin)
    ]
  }
}
