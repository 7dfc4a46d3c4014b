import Testing

/// Tests that run pytest with testmon in their own process, as the tests of pytest plugins do.
@Suite struct NestedTests {
  /// `pytester` runs it in a folder of its own, which is another project.
  @Test(
    arguments: Extent.pairs(
      ["2.0.13", "2.1.4", "2.2.0"], [["-p", "no:testmon"], ["--testmon"], ["--testmon", "-n", "2"]]))
  func aPytestInTheProcessOfATest(release: String, arguments: [String]) throws {
    let project = try Project(release)
    try project.write("pytest_plugins = 'pytester'\n", to: "conftest.py")
    try project.editAdd("a + b")
    try project.write(
      """
      from lib import add


      def test_inner(pytester):
          test = "import inner\\n\\ndef test_1(): inner.f()\\ndef test_2(): pass\\n"
          pytester.makepyfile(inner="def f(): return 1", test_x=test)
          for arguments, passed in [([], 2), ([], 0), (["-n", "1"], 0)]:
              pytester.runpytest_inprocess("--testmon", *arguments).assert_outcomes(passed=passed)
          pytester.makepyfile(inner="def f(): return 2")
          pytester.runpytest_inprocess("--testmon", "-n", "1").assert_outcomes(passed=1)


      def test_before(): add(1, 2)
      def test_other(): add(1, 2)

      """, to: "test_outer.py")
    let outcome = try project.startPytest(.plugin, arguments).finish()
    #expect(outcome.status == 0 && outcome.passed == 3 && outcome.alarms == [], "\(outcome)")
    #expect(outcome.ourLines.allSatisfy { !$0.contains("waiting") } && !project.hasRunFolder, "\(outcome)")
    guard arguments.contains("--testmon") else { return }
    // The outer run has recorded its own tests, and those alone.
    #expect(try Recorded(project.path(".testmondata")).tests == 3)
    try project.editAdd("b + a")
    let again = try project.startPytest(.plugin, arguments).finish()
    #expect(again.status == 0 && again.passed == 2, "\(again)")
  }
}
