import Glibc
import Testing

/// The environments of the extra Pythons.
@Suite struct ExtraPythonTests {
  @Test func theVariableIsSet() { #expect(getenv(ExtraPython.variable) != nil, "make sets it for the tests") }

  @Test(.enabled(if: ExtraPython.areHere), arguments: ExtraPython.all)
  func itIsThatPythonWithTestmon(python: ExtraPython) throws {
    let script = "import sys, testmon, coverage.tracer; print('%d.%d' % sys.version_info[:2], testmon.__name__)"
    let outcome = try Project(on: python).run(["\(python.environment)/bin/python", "-c", script])
    #expect(outcome.status == 0 && outcome.output == "\(python.version) testmon\n", "\(outcome)")
  }
}
