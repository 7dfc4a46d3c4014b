import CommandLine
import Text

/// Does the Python have the pytest plugin, of our own version?
struct PluginCheck: Check {
  let name = "plugin"
  let group = CheckGroup.setup

  func run(in context: CheckContext) -> [Finding] {
    guard let python = try? context.python.get() else { return [] }
    let executable = ShellWord.quote(python.executable)
    guard let installed = python.plugin else {
      return [
        .failure(
          "the pytest plugin isn't installed in \(python.executable)",
          next:
            "\(executable) -m pip install WHEEL, with the wheel of testmon-xdist, or wrap the command, which needs no plugin: "
            + "testmon-xdist controller -- pytest --testmon -n 4")
      ]
    }
    if installed != version {
      return [
        .warning(
          "the plugin in \(python.executable) is \(installed), this executable \(version)",
          next: "\(executable) -m pip install WHEEL, with the wheel of testmon-xdist \(version)")
      ]
    }
    if context.environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"].map({ !$0.isEmpty }) == true {
      return [
        .failure(
          "PYTEST_DISABLE_PLUGIN_AUTOLOAD is set: pytest loads no installed plugin, neither ours nor testmon's",
          next:
            "unset PYTEST_DISABLE_PLUGIN_AUTOLOAD, or load them by -p: testmon_xdist_plugin, testmon.pytest_testmon, xdist.plugin"
        )
      ]
    }
    let blocked = (context.environment["PYTEST_ADDOPTS"] ?? "").contains("no:testmon_xdist_plugin")
    if blocked {
      return [
        .failure(
          "PYTEST_ADDOPTS switches the plugin off (-p no:testmon_xdist_plugin)", next: "take it out of PYTEST_ADDOPTS")
      ]
    }
    return [.good("the plugin \(installed) is installed")]
  }
}
