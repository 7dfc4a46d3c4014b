import FoundationEssentials
import Glibc
import Synchronization
import Testing

/// What `make test` hands to the tests. Whatever is missing is a failure: a test that can't run hasn't passed.
enum Surroundings {
  private static func value(_ name: String, _ meaning: String) throws -> String {
    let value = getenv(name).map { String(cString: $0) } ?? ""
    return try #require(value.isEmpty ? nil : value, "\(name) must name \(meaning); make sets it for the tests")
  }

  static var executable: String {
    get throws { try value("TESTMON_XDIST_TEST_EXECUTABLE", "the built testmon-xdist") }
  }

  /// A Python of the system, in which the tests expect nothing.
  static var python: String {
    get throws { try value("TESTMON_XDIST_TEST_PYTHON", "a python3") }
  }

  /// The virtual environment with a release of testmon, or with that and one of xdist: `2.0.13-xdist-1.28.0`. It is
  /// shared: nothing may change it.
  static func environment(_ release: String) throws -> String {
    let folder =
      release.hasPrefix("1.") || release.contains("-xdist-")
      ? "TESTMON_XDIST_TEST_OLD_VENVS" : "TESTMON_XDIST_TEST_VENVS"
    return try value(folder, "the folder of the virtual environments") + "/testmon-\(release)"
  }

  /// OpenSSH's server, for the tests that `make test-ssh` runs.
  static var sshServer: String {
    get throws { try value("TESTMON_XDIST_TEST_SSHD", "an sshd") }
  }

  /// The virtual environment with tox and uv; shared, too.
  static var launchers: String {
    get throws { try value("TESTMON_XDIST_TEST_VENVS", "the folder of the virtual environments") + "/launchers" }
  }

  /// The virtual environment with hatchling; shared, too.
  static var packaging: String {
    get throws { try value("TESTMON_XDIST_TEST_VENVS", "the folder of the virtual environments") + "/packaging" }
  }

  /// A folder with what the source archive of a project holds. It is shared: nothing may change it.
  static func source(_ project: String) throws -> String {
    let folder = try value("TESTMON_XDIST_TEST_SOURCES", "the folder of the source archives")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    return folder + "/" + (try #require(names.first { $0.hasPrefix("\(project)-") }, "no \(project) in \(folder)"))
  }

  /// A folder for PYTHONPATH with one of the wheels installed in it, and what it needs besides pytest; made once.
  static func installed(_ wheel: Wheel) throws -> String {
    try wheels.withLock { made in
      let target = try made[wheel] ?? install(wheel)
      made[wheel] = target
      return target
    }
  }

  enum Wheel: String {
    case asyncio = "pytest-asyncio"
    case cov = "pytest-cov"
    case forked = "pytest-forked"
    case hypothesis
    case randomly = "pytest-randomly"
    case rerunfailures = "pytest-rerunfailures"
    case six
    case testmonXdist = "testmon-xdist"
    case timeout = "pytest-timeout"

    /// What pip has to install.
    fileprivate var requirements: [String] {
      let more =
        switch self {
        case .asyncio:
          ["backports-asyncio-runner; python_version < '3.11'", "typing-extensions; python_version < '3.13'"]
        case .forked: ["py"]
        case .hypothesis: ["sortedcontainers"]
        default: [String]()
        }
      return [rawValue] + more
    }
  }

  private static let wheels = Mutex<[Wheel: String]>([:])

  private static func install(_ wheel: Wheel) throws -> String {
    let folder = try value("TESTMON_XDIST_TEST_WHEELS", "the folder of the wheels")
    let target = try temporary.make(wheel.rawValue)
    let pip = try environment("2.2.0") + "/bin/python"
    let outcome = try Process(
      [pip, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps", "--no-index"]
        + ["--find-links", folder, "--target", target] + wheel.requirements,
      in: target, environment: clean(home: target)
    ).finish()
    try #require(outcome.status == 0, "\(outcome)")
    return target
  }

  /// The whole environment of what a test starts: nothing of what surrounds the tests gets through.
  static func clean(home: String) -> [String: String] {
    ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8", "TMPDIR": home]
  }

  /// All that the tests write, gone when their process ends.
  static let temporary = TemporaryRoot()
}

/// A folder that goes with this process.
final class TemporaryRoot: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/testmon-xdist-tests.XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { fatalError("no folder can be made in /tmp") }
    path = String(cString: made)
    atexit { try? FileManager.default.removeItem(atPath: Surroundings.temporary.path) }
  }

  /// A new folder in it.
  func make(_ name: String) throws -> String {
    var template = Array("\(path)/\(name).XXXXXX".utf8CString)
    return String(cString: try #require(mkdtemp(&template)))
  }
}
