import CommandLine
import Coordination
import Glibc
import Platform

/// `controller --compare`: tells the plugin whether what holds in its Python holds in those of its xdist workers.
struct PythonComparison: Decodable {
  /// What decides which tests must run, besides the sources.
  struct Python: Decodable {
    /// The interpreter's path.
    let python: String
    /// xdist's specification of the worker that has it.
    let worker: String
    /// testmon's; nil where there is no testmon.
    let dataVersion: Int?
    let pythonVersion: String
    /// Each with its version.
    let packages: [String]

    enum CodingKeys: String, CodingKey {
      case python, worker, packages
      case dataVersion = "data_version"
      case pythonVersion = "python_version"
    }
  }

  let here: Python
  let there: [Python]

  static func run() throws -> Int32 {
    let comparison: PythonComparison = try LineReader(FileDescriptor(STDIN_FILENO)).message()
    let difference = try comparison.difference().map(Printable.escape)
    try PluginAnswer(difference == nil ? .equal : .different, message: difference).send()
    return 0
  }

  /// What is said of the first Python that is another one than that here; nil where none is.
  /// - Throws: where a worker couldn't even start.
  func difference() throws(CommandFailure) -> String? {
    for other in there where other.dataVersion == nil {
      throw CommandFailure(
        .usage,
        "the Python of a worker (\(other.worker)) has no pytest-testmon; install it there: "
          + Advice.install("pytest-testmon", in: other.python))
    }
    for other in there {
      if let difference = difference(to: other) {
        return "the Python of a worker (\(other.worker)) has \(difference); all tests run, and nothing is recorded: "
          + "make it like the Python here (\(here.python))"
      }
    }
    return nil
  }

  private func difference(to other: Python) -> String? {
    if other.dataVersion != here.dataVersion {
      return "a testmon of data version \(other.dataVersion ?? 0), not \(here.dataVersion ?? 0)"
    }
    if other.pythonVersion != here.pythonVersion {
      return "the version \(other.pythonVersion), not \(here.pythonVersion)"
    }
    let packages = Set(here.packages).symmetricDifference(other.packages).sorted()
    guard !packages.isEmpty else { return nil }
    let shown = packages.prefix(Self.packagesShown).joined(separator: ", ")
    return "other packages (\(shown)\(packages.count > Self.packagesShown ? ", ..." : ""))"
  }

  /// How many packages a message names.
  private static let packagesShown = 5
}
