import Testing

/// `status --settings`: every value, and who has set it.
@Suite struct StatusSettingsTests {
  private struct Report: Decodable {
    struct Source: Decodable {
      let origin: String
      let place: String?
    }
    struct Setting: Decodable {
      let key: String
      let variable: String
      let origin: String
      let place: String?
      let `default`: String
      let shadowed: [Source]
    }
    let settings: [Setting]
  }

  @Test func whereEachValueComesFrom() throws {
    let project = try Project()
    try project.write("debug = false\nhistory = 7\n", to: "testmon-xdist.toml")
    try project.write("[tool.testmon-xdist]\nhistory = 8\n", to: "pyproject.toml")
    let variables = ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true", "TESTMON_XDIST_WORKER_TIMEOUT": "2.5"]
    let text = try project.testmonXdist("status", "--settings", "--debug", with: variables)
    #expect(text.status == 0, "\(text)")
    let lines = text.output.split(separator: "\n").drop { $0 != "Settings" }.map { $0.split(separator: " ") }
    #expect(lines.count > 12, "\(text)")
    func expect(_ line: String, sourceLocation: SourceLocation = #_sourceLocation) {
      #expect(lines.contains(line.split(separator: " ")), "\(text)", sourceLocation: sourceLocation)
    }
    expect("enabled true TESTMON_XDIST_CONTROLLER_PRECREATION")
    expect("debug true --debug")
    expect("false testmon-xdist.toml:1:1, which doesn't count")
    expect("history 7 testmon-xdist.toml:2:1")
    expect("8 pyproject.toml:2:1, which doesn't count")
    expect("worker_timeout 2.5 TESTMON_XDIST_WORKER_TIMEOUT")
    expect("lock_timeout 60 default")

    let json = try project.testmonXdist("status", "--settings", "--json", with: variables)
    let settings = try json.decoded(Report.self).settings
    let history = try #require(settings.first { $0.key == "history" })
    #expect(history.origin == "file" && history.place == "testmon-xdist.toml:2:1" && history.default == "200 runs")
    #expect(history.shadowed.map(\.place) == ["pyproject.toml:2:1"] && history.variable == "TESTMON_XDIST_HISTORY")
    #expect(settings.first { $0.key == "enabled" }?.origin == "variable")
    #expect(settings.first { $0.key == "lock_timeout" }.map { $0.origin == "default" && $0.place == nil } == true)
    #expect(json.output.contains(#""value" : 2.5"#) && json.output.contains(#""value" : true"#), "\(json)")
  }
}
