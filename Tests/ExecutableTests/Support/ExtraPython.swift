import Glibc
import Testing

/// A Python besides the one that all other tests run on, with a virtual environment that has testmon 2.2.0, xdist and
/// coverage; see Tests/tools/pythons.txt. It is shared: nothing may change it.
struct ExtraPython: Sendable, CustomTestStringConvertible {
  /// "3.14"
  let version: String
  /// The virtual environment's folder.
  let environment: String

  var testDescription: String { "Python \(version)" }

  /// Those that this machine has: of 3.12, which has coverage's `sysmon` core and uses it where COVERAGE_CORE asks for it,
  /// and 3.14 and 3.15, which use it by default. Tests that run on them are `.enabled(if: ExtraPython.areHere)`, so that
  /// they are told to be skipped where there are none; `make test` says which ones are missing.
  static let all: [ExtraPython] = (getenv(variable).map { String(cString: $0) } ?? "").split(separator: ":").map {
    let words = $0.split(separator: "=", maxSplits: 1).map(String.init)
    return ExtraPython(version: words.first ?? "", environment: words.last ?? "")
  }

  static var areHere: Bool { !all.isEmpty }

  /// Set by `make`, to nothing where it found none.
  static let variable = "TESTMON_XDIST_TEST_PYTHONS"
}
