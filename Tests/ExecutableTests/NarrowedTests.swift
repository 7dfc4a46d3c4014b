import Testing

/// A run of some tests forgets none of the others: the next whole run finds what is broken.
@Suite struct NarrowedTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let release: String
    let way: Way
    let narrowed: [String]
    var testDescription: String { "\(release) \(way) \(narrowed.joined(separator: " "))" }
  }

  private static let slow = "tests/test_add.py::test_slow"

  private static let cases =
    [
      [slow], ["-k", "slow"], ["--deselect", "tests/test_add.py::test_add"], ["tests/test_other.py"],
      ["--testmon-noselect", slow], ["tests/test_add.py::TestSlow"], ["tests/test_add.py::TestSlow::test_in_class"],
    ].map { Case(release: "2.2.0", way: .plugin, narrowed: $0) } + [
      Case(release: "2.0.0", way: .plugin, narrowed: [slow]),
      Case(release: "2.0.13", way: .wrapper, narrowed: ["-m", "slow"]),
      Case(release: "2.1.4", way: .plugin, narrowed: ["--testmon-forceselect", "-k", "slow"]),
    ]

  private static let moreCases = [
    Case(release: "2.2.0", way: .plugin, narrowed: ["-m", "slow"]),
    Case(release: "2.2.0", way: .plugin, narrowed: ["--testmon-forceselect", "-k", "slow"]),
    Case(release: "2.2.0", way: .plugin, narrowed: ["--testmon-forceselect", slow]),
    Case(release: "2.0.13", way: .plugin, narrowed: [slow]),
    Case(release: "2.1.1", way: .wrapper, narrowed: [slow]),
    Case(release: "2.1.1", way: .plugin, narrowed: ["-k", "slow"]),
  ]

  @Test(arguments: Extent.of(cases + moreCases, part: cases))
  func aNarrowedRunForgetsNothing(which: Case) throws {
    let project = try Project(which.release)
    try project.addFastAndSlowTests()
    #expect(try project.pytest(which.way, "--testmon", "-n", "2").passed == 4)
    try project.editAdd("b - a")
    let narrowed = try project.startPytest(which.way, ["--testmon", "-n", "2"] + which.narrowed).finish()
    #expect(narrowed.status == 0 && narrowed.failed == nil && narrowed.alarms == [], "\(narrowed)")
    let whole = try project.pytest(which.way, "--testmon", "-n", "2")
    #expect(
      whole.status == 1 && whole.failed == 1 && whole.text.contains("FAILED tests/test_add.py::test_add"), "\(whole)")
    let serial = try project.pytest(which.way, "--testmon", "-n", "0")
    #expect(serial.status == 1 && serial.failed == 1 && serial.passed == nil, "only what failed: \(serial)")
  }

  /// Without workers, where testmon alone deletes the tests that are not collected.
  @Test(arguments: [["tests/test_add.py::TestSlow::test_in_class"], ["tests/test_other.py"], [slow]])
  func noRunWithoutWorkersForgetsAnything(narrowed: [String]) throws {
    let project = try Project("2.1.4")
    try project.addFastAndSlowTests()
    #expect(try project.pytest(.plugin, "--testmon").passed == 4)
    try project.editAdd("b - a")
    #expect(try project.startPytest(.plugin, ["--testmon"] + narrowed).finish().status == 0)
    let whole = try project.pytest(.plugin, "--testmon")
    #expect(whole.status == 1 && whole.failed == 1, "\(whole)")
  }

  /// Tests that were added and not run, as the run was narrowed to others of their file.
  @Test(arguments: ["0", "2"])
  func newTestsAreOwed(workers: String) throws {
    let project = try Project()
    try project.addFastAndSlowTests()
    #expect(try project.pytest(.plugin, "--testmon", "-n", workers).passed == 4)
    let text = String(decoding: try project.bytes("tests/test_add.py"), as: UTF8.self)
    try project.write(
      text + "\n\ndef test_new(): assert False\n\n\nclass TestNew:\n    def test_it(self): assert False\n",
      to: "tests/test_add.py")
    for test in ["test_add", "test_slow", "TestSlow::test_in_class"] {
      #expect(try project.pytest(.plugin, "--testmon", "-n", workers, "tests/test_add.py::\(test)").passed == 1)
    }
    let whole = try project.pytest(.plugin, "--testmon", "-n", workers)
    #expect(whole.status == 1 && whole.failed == 2, "\(whole)")
  }

  @Test(arguments: Extent.pairs(["2.0.13", "2.1.1", "2.2.0"], ["tests/nope.py", "tests/test_add.py::test_nope"]))
  func whatIsNotThereIsSaidAndNothingForgotten(release: String, name: String) throws {
    let project = try Project(release)
    try project.addFastAndSlowTests()
    #expect(try project.pytest(.plugin, "--testmon", "-n", "2").passed == 4)
    try project.editAdd("b - a")
    let mistaken = try project.pytest(.plugin, "--testmon", "-n", "2", "tests/test_other.py", name)
    #expect(
      mistaken.status == 4 && mistaken.errors.contains("not found: ") && mistaken.errors.contains(name), "\(mistaken)")
    #expect(mistaken.alarms == [] && !project.hasRunFolder, "\(mistaken)")
    let whole = try project.pytest(.plugin, "--testmon", "-n", "2")
    #expect(whole.status == 1 && whole.failed == 1 && whole.passed == 3, "\(whole)")
  }

  /// What is really gone does not stay: a removed test, a removed file, a renamed test.
  @Test(arguments: ["0", "2"])
  func whatIsGoneIsForgotten(workers: String) throws {
    let project = try Project()
    try project.addFastAndSlowTests()
    #expect(try project.pytest(.plugin, "--testmon", "-n", workers).passed == 4)
    _ = try project.run(["rm", "tests/test_other.py"])
    try project.write("from lib import add\n\n\ndef test_renamed(): assert add(1, 2) == 3\n", to: "tests/test_add.py")
    let outcome = try project.pytest(.plugin, "--testmon", "-n", workers)
    #expect(outcome.status == 0 && outcome.passed == 1, "\(outcome)")
    #expect(try Recorded(project.path(".testmondata")).tests == 1)
  }

  /// xdist adds a group to a test's name; the data have one name for it, in whichever mode it runs.
  @Test(arguments: ["2.0.13", "2.1.4"])
  func groupedTestsKeepTheirName(release: String) throws {
    let project = try Project(release)
    try project.addFortyTests()
    try project.write(
      """
      import pytest
      from lib import add


      @pytest.mark.xdist_group("one")
      def test_one(): add(1, 2)


      @pytest.mark.xdist_group("one")
      def test_two(): add(1, 2)

      """, to: "tests/test_group.py")
    for (modes, passed) in [
      (["load", "loadgroup"], 42), (["loadgroup", "load"], 22), (["loadgroup", "loadgroup"], 22),
    ] {
      for (mode, count) in zip(modes, [passed, 0]) {
        let outcome = try project.pytest(.plugin, "--testmon", "-n", "2", "--dist", mode)
        #expect(outcome.status == 0 && outcome.passed == count && outcome.alarms == [], "\(modes): \(outcome)")
      }
      #expect(try Recorded(project.path(".testmondata")).tests == 42)
      try project.editAdd(passed == 42 ? "b + a" : "a + b")
    }
  }
}

extension Project {
  /// A test of `add`, and three that pass whatever it computes: one marked slow, one in a class, one in another file.
  fileprivate func addFastAndSlowTests() throws {
    try write("[pytest]\nmarkers = slow\n", to: "pytest.ini")
    try editAdd("a + b")
    try write(
      """
      import pytest
      from lib import add


      def test_add(): assert add(1, 2) == 3


      @pytest.mark.slow
      def test_slow(): add(1, 2)


      class TestSlow:
          def test_in_class(self): add(1, 2)

      """, to: "tests/test_add.py")
    try write("from lib import add\n\n\ndef test_other_slow(): add(1, 2)\n", to: "tests/test_other.py")
  }

  /// `--dist` in the configuration starts no worker by itself.
  @Test(arguments: ["2.0.0", "2.0.13", "2.2.0"]) func aModeWithoutWorkers(release: String) throws {
    let project = try Project(release)
    try project.addFourTests()
    try project.write("[pytest]\naddopts = --dist loadfile\n", to: "pytest.ini")
    func run(_ arguments: String..., passed: Int) throws {
      let outcome = try project.startPytest(.plugin, ["--testmon"] + arguments).finish()
      #expect(outcome.status == 0 && outcome.passed == passed && outcome.alarms == [], "\(outcome)")
    }
    try run("tests/unit/test_unit.py::test_one", passed: 1)
    try run(passed: 3)
    try run(passed: 0)
    try project.write("def test_two(): pass\n", to: "tests/unit/test_unit.py")
    try run(passed: 1)
    #expect(try Recorded(project.path(".testmondata")).tests == 3)
    try run("-n", "2", passed: 0)
  }
}
