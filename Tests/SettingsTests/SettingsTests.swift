import Testing
import Variables

@testable import Settings

/// Each setting as users are promised it.
@Suite struct SettingsTests {
  @Test func whatIsPromisedOfEach() throws {
    #expect(
      Settings.documentation.map { "\($0.key) \($0.variable): \($0.defaultText) [\($0.values)]" } == [
        "enabled TESTMON_XDIST_CONTROLLER_PRECREATION: false [true, false]",
        "debug TESTMON_XDIST_DEBUG: false [true, false]",
        "adaptive_workers TESTMON_XDIST_ADAPTIVE_WORKERS: auto [auto, always, off]",
        "schedule TESTMON_XDIST_SCHEDULE: duration [duration, xdist]",
        "worker_timeout TESTMON_XDIST_WORKER_TIMEOUT: 30 s [above 0, up to 86400]",
        "lock_timeout TESTMON_XDIST_LOCK_TIMEOUT: 60 s [0 to 86400]",
        "keep_environments TESTMON_XDIST_KEEP_ENVIRONMENTS: 4 environments [1 to 1000]",
        "stop_on_newer TESTMON_XDIST_STOP_ON_NEWER: false [true, false]",
        "history TESTMON_XDIST_HISTORY: 200 runs [0 to 1000000]",
        "step_summary TESTMON_XDIST_STEP_SUMMARY: true [true, false]",
        "check_interval TESTMON_XDIST_CHECK_INTERVAL: 0.1 s [0.001 to 60]",
        "backoff_factor TESTMON_XDIST_BACKOFF_FACTOR: 1.5 [1 to 10]",
        "max_interval TESTMON_XDIST_MAX_INTERVAL: 2 s [0.001 to 600]",
      ])
  }

  @Test func withoutAWordEachHasItsDefault() throws {
    let settings = try Sandbox().load()
    #expect(settings.enabled == Setting(value: false, origin: .builtIn))
    #expect(settings.workerTimeout == Setting(value: 30, origin: .builtIn))
    #expect(settings.backoffFactor == Setting(value: 1.5, origin: .builtIn))
    #expect(settings.history == Setting(value: 200, origin: .builtIn))
    #expect(settings.shadowedFiles == [])
  }

  @Test func boundsAreInclusiveWhereTheContractSaysSo() {
    let good = [
      "worker_timeout = 0.001", "worker_timeout = 86400", "lock_timeout = 0", "lock_timeout = 86400",
      "check_interval = 0.001", "check_interval = 60\nmax_interval = 60", "backoff_factor = 1", "backoff_factor = 10",
      "max_interval = 0.001\ncheck_interval = 0.001", "max_interval = 600", "keep_environments = 1",
      "keep_environments = 1000", "history = 0", "history = 1000000", #"adaptive_workers = "always""#,
      #"schedule = "xdist""#, "step_summary = false",
    ]
    let bad = [
      "worker_timeout = 0", "worker_timeout = 86400.5", "worker_timeout = nan", "worker_timeout = inf",
      "lock_timeout = -0.001", "lock_timeout = 86401", "check_interval = 0", "check_interval = 60.1\nmax_interval = 61",
      "backoff_factor = 0.99", "backoff_factor = 10.1", "max_interval = 601", "keep_environments = 0",
      "keep_environments = 1001", "history = -1", "history = 1000001", "history = 5.0", #"adaptive_workers = "Auto""#,
      "schedule = true", "step_summary = 1",
    ]
    let sandbox = Sandbox()
    for text in good + bad {
      sandbox.write("project/testmon-xdist.toml", text)
      #expect(sandbox.problems().count == (bad.contains(text) ? 1 : 0), "\(text)")
    }
  }

  @Test func mergedIntervalsMustFitTogether() {
    let sandbox = Sandbox()
    sandbox.write("project/testmon-xdist.toml", "check_interval = 5\n")
    #expect(
      sandbox.problems() == [
        "testmon-xdist.toml:1:1: max_interval is 2 (default), less than check_interval, 5 (testmon-xdist.toml:1:1); "
          + "make it 5 or more"
      ])
    sandbox.environment["TESTMON_XDIST_MAX_INTERVAL"] = "4"
    #expect(
      sandbox.problems() == [
        "TESTMON_XDIST_MAX_INTERVAL: max_interval is 4 (TESTMON_XDIST_MAX_INTERVAL), less than check_interval, "
          + "5 (testmon-xdist.toml:1:1); make it 5 or more"
      ])
    sandbox.environment["TESTMON_XDIST_MAX_INTERVAL"] = "5"
    #expect(sandbox.problems() == [])
  }

  @Test func everyDefinitionIsSound() {
    let all = Settings.documentation
    for names in [all.map(\.key), all.map(\.variable), all.compactMap(\.option)] {
      #expect(Set(names).count == names.count, "\(names)")
    }
    for setting in all {
      #expect(setting.variable.hasPrefix(EnvironmentVariable.prefix), "\(setting.key)")
      #expect(!Settings.reservedVariables.contains(setting.variable), "\(setting.key)")
      #expect(setting.summary.hasSuffix("."), "\(setting.key)")
    }
  }
}
