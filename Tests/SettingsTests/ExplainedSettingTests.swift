import Testing

@testable import Settings

/// Every value, and where it comes from.
@Suite struct ExplainedSettingTests {
  private func explain(_ sandbox: Sandbox, flags: FlagOverrides = FlagOverrides()) -> [String: ExplainedSetting] {
    let environment = ["HOME": "\(sandbox.root)/home"].merging(sandbox.environment) { $1 }
    let all = Settings.explain(rootdir: sandbox.project, environment: environment, flags: flags)
    #expect(all.map(\.key) == Settings.documentation.map(\.key))
    return Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })
  }

  private func said(_ setting: ExplainedSetting?) -> [String] {
    guard let setting else { return [] }
    return ([setting.effective] + setting.shadowed).map { "\($0.value) by \($0.origin)" }
  }

  @Test func whatNobodySetsIsTheDefault() throws {
    let sandbox = Sandbox()
    let settings = try sandbox.load()
    let explained = explain(sandbox)
    #expect(explained.values.allSatisfy { $0.effective.origin == .builtIn && $0.shadowed.isEmpty })
    #expect(explained["worker_timeout"]?.effective.value == "30" && settings.workerTimeout.value == 30)
    #expect(explained["worker_timeout"]?.defaultText == "30 s")
    #expect(explained["adaptive_workers"]?.effective.value == "auto")
  }

  @Test func theStrongestComesFirst() throws {
    let sandbox = Sandbox()
    let user = sandbox.write("home/.config/testmon-xdist/config.toml", "worker_timeout = 1\nhistory = 1\n")
    sandbox.write("project/testmon-xdist.toml", "worker_timeout = 2.50\n")
    sandbox.write("project/pyproject.toml", "[tool.testmon-xdist]\nhistory = 'many'\nworker_timeout = 9\n")
    sandbox.environment = [
      "TESTMON_XDIST_WORKER_TIMEOUT": "3", "TESTMON_XDIST_DEBUG": "no", "TESTMON_XDIST_HISTORY": "",
    ]
    let flags = FlagOverrides(debug: true, timeout: 4)
    let explained = explain(sandbox, flags: flags)
    #expect(
      said(explained["worker_timeout"]) == [
        "4 by --timeout", "3 by TESTMON_XDIST_WORKER_TIMEOUT", "2.5 by testmon-xdist.toml:1:1", "1 by \(user):1:1",
        "9 by pyproject.toml:3:1",
      ])
    #expect(said(explained["debug"]) == ["true by --debug", "false by TESTMON_XDIST_DEBUG"])
    // An empty variable says nothing; a file that doesn't count may say anything.
    #expect(said(explained["history"]) == ["1 by \(user):2:1", "'many' by pyproject.toml:2:1"])
    let settings = try sandbox.load(flags: flags)
    #expect(settings.workerTimeout.value == 4 && settings.debug.value && settings.history.value == 1)
  }
}
