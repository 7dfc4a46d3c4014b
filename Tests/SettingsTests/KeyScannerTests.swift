import Testing

@testable import Settings

@Suite struct KeyScannerTests {
  private func places(_ text: String, _ path: [String] = SettingsFile.pyprojectTable) throws -> [String] {
    let table = try SettingsTable.parse(Array(text.utf8), at: path)
    return (table?.entries ?? []).map { entry in
      let (key, value) = (entry.keyPosition, entry.valuePosition)
      return "\(entry.key) \(key?.line ?? 0):\(key?.column ?? 0) \(value?.line ?? 0):\(value?.column ?? 0)"
    }
  }

  @Test func everyWayToWriteATable() throws {
    #expect(try places("[tool.testmon-xdist]\ndebug = true\n") == ["debug 2:1 2:9"])
    #expect(try places("tool.testmon-xdist.debug=true\n") == ["debug 1:1 1:26"])
    #expect(try places("[tool]\n testmon-xdist . debug = true") == ["debug 2:2 2:26"])
    #expect(try places("[tool]\n'testmon-xdist'.\"debug\"=true") == ["debug 2:1 2:25"])
    #expect(try places("[ tool . \"testmon-xdist\" ] # x\r\n\t\"debug\" = true\r\n") == ["debug 2:2 2:12"])
    #expect(
      try places("[tool]\ntestmon-xdist = { debug = true, history = 3 }")
        == ["debug 2:19 2:27", "history 2:33 2:43"])
    #expect(try places("tool = {testmon-xdist = {debug = true}}") == ["debug 1:26 1:34"])
    #expect(try places("[tool.testmon-xdist.debug]\nx = 1") == ["debug 1:1 1:1"])
    #expect(try places(#"[tool."testmon\u002dxdist"]"# + "\n\"d\\u0065bug\" = true") == ["debug 2:1 2:16"])
    #expect(try places("\u{FEFF}debug = true", []) == ["debug 1:1 1:9"])
    #expect(try places("'é' = 'é' # é\n'é2' = 1", []) == ["é 1:1 1:7", "é2 2:1 2:8"])
  }

  @Test func whatLooksLikeAKeyAndIsNone() throws {
    let text = #"""
      a = """
      [tool.testmon-xdist]
      debug = true \""" ""
      """
      b = '''
      [tool.testmon-xdist]
      '''''
      c = ["[tool.testmon-xdist]", # debug = true
        { debug = 1 }, '#', [ "]" ],
      ]
      d = "\\" # debug
      e = { f = "}", g = '{' }
      date = 1979-05-27 07:32:00 # x
      [[tool.other]]
      debug = 1
      [tool.testmon-xdist] # here
      debug = true
      [tool.testmon-xdist2]
      debug = true
      """#
    #expect(try places(text) == ["debug 17:1 17:9"])
  }

  @Test func escapes() {
    #expect(TOMLEscapes.decode(#"a\tb\n\"\\\u00e9\U0001F600"#) == "a\tb\n\"\\é😀")
    #expect(TOMLEscapes.decode(#"\u12"#) == #"\u12"#)
    #expect(TOMLEscapes.decode(#"\UFFFFFFFF\uD800"#) == #"\UFFFFFFFF\uD800"#)
    #expect(TOMLEscapes.decode(#"\"#) == #"\"#)
  }

  @Test(arguments: 0..<60)
  func whatTOMLKitParsesTheScannerPlaces(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var parsed = 0
    for _ in 0..<150 {
      let text = Self.document(&random)
      for path in [[], ["a"], ["a", "b"]] {
        guard let table = try? SettingsTable.parse(Array(text.utf8), at: path) else { continue }
        parsed += 1
        for entry in table.entries { #expect(entry.keyPosition != nil, "\(text) \(path) \(entry.key)") }
      }
    }
    #expect(parsed > 50)
  }

  @Test(arguments: 0..<40)
  func anyBytesGiveSettingsOrAProblem(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let sandbox = Sandbox()
    for _ in 0..<40 {
      var bytes = Array("[tool.testmon-xdist]\ndebug = true\n# \"'''\n[a.'b']\nc = {d = [1, \"x\\n\"]}".utf8)
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.insert("\"'[]{}=.,#\n\\ \t\r".utf8.randomElement(using: &random) ?? 0, at: index)
        default: bytes.removeSubrange(index...min(index + 3, bytes.count - 1))
        }
        if bytes.isEmpty { bytes = [0] }
      }
      sandbox.write("project/pyproject.toml", bytes: bytes)
      sandbox.environment["TESTMON_XDIST_HISTORY"] = String(decoding: bytes.prefix(5), as: UTF8.self)
      _ = sandbox.problems()
    }
  }

  /// A document that is mostly TOML, made of the parts that are hard to find keys in.
  private static func document(_ random: inout SeededGenerator) -> String {
    let lines = (0..<Int.random(in: 1...8, using: &random)).map { _ in
      switch Int.random(in: 0..<6, using: &random) {
      case 0: "[" + key(&random) + "]"
      case 1: "[[" + key(&random) + "]]"
      case 2: "# [a.b] x = 1"
      default: key(&random) + " = " + value(&random, depth: 0)
      }
    }
    return lines.joined(separator: Bool.random(using: &random) ? "\n" : " # c\r\n")
  }

  private static func key(_ random: inout SeededGenerator) -> String {
    let parts = ["a", "b", "'a'", "\"b\"", "c", "'x.y'", "\"q\\\"=\"", "\"\\u0061\"", "1", "''", "d-_", "\"é\""]
    let count = Int.random(in: 1...3, using: &random)
    return (0..<count).map { _ in parts.randomElement(using: &random) ?? "a" }
      .joined(separator: Bool.random(using: &random) ? "." : " .\t")
  }

  private static func value(_ random: inout SeededGenerator, depth: Int) -> String {
    switch Int.random(in: 0..<(depth > 2 ? 8 : 10), using: &random) {
    case 0: return "1"
    case 1: return "\"]}#,=\\\"\""
    case 2: return "'[a.b]\\'"
    case 3: return "\"\"\"\n[a]\nb = \"\" 1\\\"\"\"\"\"\""
    case 4: return "'''x\n''\n[[b]]'''''"
    case 5: return "1979-05-27 07:32:00.5+01:00"
    case 6: return "-1.5e+3"
    case 7: return "\"\""
    case 8:
      let items = (0..<Int.random(in: 0...3, using: &random)).map { _ in value(&random, depth: depth + 1) }
      return "[ # ]\n" + items.map { $0 + "\n," }.joined(separator: " ") + "]"
    default:
      let items = (0..<Int.random(in: 0...3, using: &random)).map { _ in
        key(&random) + "=" + value(&random, depth: depth + 1)
      }
      return "{ " + items.joined(separator: ", ") + " }"
    }
  }
}
