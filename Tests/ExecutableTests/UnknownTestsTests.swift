import FoundationEssentials
import Glibc
import Testing

/// What a run is planned for that testmon's data doesn't know: it is compared to what then runs.
@Suite struct UnknownTestsTests {
  private func project(_ release: String = "2.2.0") throws -> Project {
    let project = try Project(release)
    try project.addFortyTests()
    try project.write(Project.notingConftest, to: "conftest.py")
    _ = try project.plannedRun("-n", "2")
    return project
  }

  private func functions(_ count: Int) -> String {
    (0..<count).map { "def test_\($0)():\n    pass\n" }.joined(separator: "\n\n")
  }

  /// That many are expected to be new; a parametrized test counts as the known ones do on average, which are twenty.
  private func expect(
    _ run: PlannedRun, unknown: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let text = unknown > 0 ? ", and about \(unknown) new" : ""
    #expect(run.plan?.contains(" of ") == true, "\(run)", sourceLocation: sourceLocation)
    #expect(run.plan?.contains(" new") == (unknown > 0), "\(run)", sourceLocation: sourceLocation)
    #expect(
      run.plan?.contains(text) == true || unknown == 0, "\(run)", sourceLocation: sourceLocation)
    #expect(
      run.outcome.alarms == [] && run.outcome.status == 0, "\(run)", sourceLocation: sourceLocation)
  }

  /// Makes each known function one test, so that what is estimated is exact.
  private func plainProject(_ release: String = "2.2.0") throws -> Project {
    let project = try Project(release)
    try project.write(Project.notingConftest, to: "conftest.py")
    try project.write(functions(3), to: "tests/test_known.py")
    _ = try project.plannedRun("-n", "2")
    return project
  }

  @Test(arguments: Extent.of(["2.0.0", "2.0.13", "2.1.4", "2.2.0"], part: ["2.0.13", "2.2.0"]))
  func newFilesAndNewFunctions(release: String) throws {
    let project = try plainProject(release)
    try project.write(functions(4), to: "new/test_new.py")
    let file = try project.plannedRun("-n", "auto")
    expect(file, unknown: 4)
    #expect(
      file.isInThisProcess && file.ran == (0..<4).map { "new/test_new.py::test_\($0)" }, "\(file)")
    try project.write(functions(5), to: "tests/test_known.py")
    let function = try project.plannedRun("-n", "auto")
    expect(function, unknown: 2)
    #expect(
      Set(function.ran).isSuperset(of: (3..<5).map { "tests/test_known.py::test_\($0)" }),
      "\(function)")
    let known = try project.plannedRun("-n", "auto")
    expect(known, unknown: 0)
    #expect(known.ran == [], "\(known)")
  }

  @Test func aFunctionMayBeSeveralTests() throws {
    let project = try project()
    try project.write(functions(2), to: "new/test_new.py")
    let run = try project.plannedRun("-n", "auto")
    expect(run, unknown: 40)
    #expect(run.ran.count == 2, "\(run)")
  }

  /// A name with a bracket isn't a parameter.
  @Test func aFolderWithABracket() throws {
    let project = try plainProject()
    try project.write(functions(6), to: "odd[1]/test_odd.py")
    expect(try project.plannedRun("-n", "auto"), unknown: 6)
    try project.write(functions(7), to: "odd[1]/test_odd.py")
    expect(try project.plannedRun("-n", "auto"), unknown: 1)
  }

  @Test(arguments: ["0", "auto", "2"])
  func filesWithoutTestsCountOnce(number: String) throws {
    let project = try plainProject()
    try project.write(
      "import pytest\n\npytest.skip(\"not here\", allow_module_level=True)\n\n\n" + functions(2),
      to: "a/test_skipping.py")
    try project.write(
      "class Helper:\n    def test_it(self):\n        pass\n", to: "a/test_helper.py")
    if number == "auto" {
      expect(try project.plannedRun("-n", "auto"), unknown: 3)
    } else {
      _ = try project.plannedRun("-n", number)
    }
    expect(try project.plannedRun("-n", "auto"), unknown: 0)
    // Who edits it may have given it some.
    try project.write(
      "class Helper:\n    def test_that(self):\n        pass\n", to: "a/test_helper.py")
    expect(try project.plannedRun("-n", "auto"), unknown: 1)
    // Whoever has written something else there.
    for nonsense in ["[]", "5", "{\"a/test_helper.py\": 3}", "nonsense"] {
      try project.write(nonsense, to: ".pytest_cache/v/testmon-xdist/without_tests")
      expect(try project.plannedRun("-n", "auto"), unknown: 3)
      expect(try project.plannedRun("-n", "auto"), unknown: 0)
    }
  }

  /// Where new tests are; each has a number of its own, so that the sum tells which were counted.
  private func placesProject() throws -> Project {
    let project = try plainProject()
    try project.write(functions(1), to: "a/test_a.py")
    try project.write(functions(2), to: "b/test_b.py")
    try project.write(functions(4), to: "b/c/c_test.py")
    try project.write(functions(8), to: "node_modules/test_module.py")
    try project.write(functions(16), to: ".hidden/test_hidden.py")
    try project.write("", to: "environment/pyvenv.cfg")
    try project.write("", to: "environment/bin/activate")
    try project.write(functions(32), to: "environment/lib/test_environment.py")
    try project.write(functions(64), to: "a/module.py")
    return project
  }

  @Test(arguments: [
    ([], 7), (["--ignore", "a"], 6), (["--ignore=b/test_b.py"], 5), (["--ignore-glob", "*/c"], 3),
    (["--ignore-glob=*_test.py"], 3), (["--deselect", "b/"], 1),
    (["--deselect", "b/test_b.py"], 5), (["a"], 1),
    (["b"], 6), (["b/c/"], 4), (["./b/test_b.py"], 2), (["a", "b/test_b.py"], 3),
    (["b/test_b.py", "b"], 6),
    (["-o", "norecursedirs=b"], 25), (["-o", "python_files=*_test.py"], 4),
    (["-o", "python_functions=*_1"], 2),
    (["-o", "testpaths=b"], 6), (["--collect-in-virtualenv"], 39), (["a/module.py"], 64),
  ])
  func asPytestCollectsThem(arguments: [String], unknown: Int) throws {
    let project = try placesProject()
    let run = try project.plannedRun(["-n", "auto"] + arguments)
    #expect(run.ran.count == unknown, "\(run)")
    expect(run, unknown: unknown)
  }

  @Test func fromASubfolder() throws {
    let project = try placesProject()
    let pytest = "\(project.environment)/bin/pytest"
    for (folder, arguments, unknown) in [
      ("a", [], 1), ("b/c", ["..", "--ignore=../c"], 2), ("b", ["c"], 4),
    ] {
      try project.write("", to: "\(project.home)/ran")
      let outcome = try project.start(
        ["/bin/sh", "-c", "cd \(folder) && exec \"$0\" --testmon -n auto \"$@\"", pytest]
          + arguments,
        ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true"]
      ).finish()
      let ran = String(decoding: try project.bytes("\(project.home)/ran"), as: UTF8.self).split(
        separator: "\n")
      let run = PlannedRun(outcome: outcome, ran: ran.map(String.init), workers: 0)
      #expect(ran.count == unknown, "\(run)")
      expect(run, unknown: unknown)
    }
  }

  @Test func arguments() throws {
    let project = try project()
    try project.editAdd("b + a")
    for (arguments, tests) in [
      (["tests/test_mul.py"], 0), (["--deselect=tests/test_add.py"], 0), (["--ignore=tests"], 0),
      (["tests/test_mul.py", "tests/test_add.py"], 20),
    ] {
      let run = try project.plannedRun(["-n", "auto"] + arguments)
      #expect(run.ran.count == tests && run.outcome.alarms == [], "\(run)")
      #expect(run.plan?.hasPrefix("\(tests) of 40 tests to run") == true, "\(run)")
      expect(run, unknown: 0)
    }
  }

  /// Links that lead nowhere, to themselves, or back to where they are.
  @Test func links() throws {
    let project = try placesProject()
    for (target, link) in [
      ("../a", "a/back"), ("turn", "turn"), ("gone", "missing"), ("../b", "b/c/up"), ("a", "same"),
    ] {
      try #require(symlink(target, project.path(link)) == 0)
    }
    let run = try project.plannedRun("-n", "auto")
    #expect(run.outcome.alarms == [] && run.outcome.status == 0, "\(run)")
    #expect(
      Set(run.ran).isSuperset(of: ["a/test_a.py::test_0", "b/c/c_test.py::test_3"]), "\(run)")
    let again = try project.plannedRun("-n", "auto")
    #expect(again.ran == [] && again.outcome.status == 0, "\(again)")
    expect(again, unknown: 0)
  }
}
