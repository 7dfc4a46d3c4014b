import FoundationEssentials
import Glibc
import Testing

/// A virtual environment of the patient's own, which commands may change.
extension Patient {
  var environment: String {
    project.exists(".venv") ? project.path(".venv") : "\(project.home)/venv"
  }

  /// Where its packages are.
  var packages: String { Patient.packages(of: environment) }

  private static func packages(of environment: String) -> String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(environment)/lib")) ?? []
    return "\(environment)/lib/\(names.first { $0.hasPrefix("python") } ?? "")/site-packages"
  }

  /// Makes it, and makes it the first in PATH. What it has are links into a shared environment: to write there would change
  /// that one.
  /// - Parameters:
  ///   - copying: what packages are to be changed by a fault or its cure, as the names of files and folders begin.
  ///   - without: what isn't to be there.
  func makeEnvironment(
    in folder: String? = nil, from shared: String? = nil, copying: [String] = [], without: [String] = [],
    withPlugin: Bool = true
  ) throws {
    let shared = shared ?? project.environment
    let folder = folder ?? "\(project.home)/venv"
    try run(["\(shared)/bin/python", "-m", "venv", "--without-pip", folder])
    let theirs = Patient.packages(of: shared)
    for name in try FileManager.default.contentsOfDirectory(atPath: theirs) {
      let begins = { (prefixes: [String]) in prefixes.contains { name.hasPrefix($0) } }
      if begins(without) { continue }
      if begins(copying) {
        try run(["cp", "-r", "\(theirs)/\(name)", packages])
      } else {
        symlink("\(theirs)/\(name)", "\(packages)/\(name)")
      }
    }
    if without.isEmpty {
      let script = "#!\(folder)/bin/python\nimport sys\nfrom pytest import console_main\nsys.exit(console_main())\n"
      try project.writeScript(script, to: "\(folder)/bin/pytest")
    }
    project.pythonPath = []
    if withPlugin {
      let plugin = try Surroundings.installed(.testmonXdist)
      try run([
        "/bin/sh", "-c", #"cp -r "$0"/testmon_xdist* "$1" && cp "$0"/bin/testmon-xdist "$2""#, plugin, packages,
        "\(folder)/bin",
      ])
    }
    project.variables["PATH"] = "\(folder)/bin:/usr/bin:/bin"
  }

  /// Has a package that was copied say that it is of another release.
  func pretend(_ package: String, _ release: String) throws {
    try edit("\(package)-*.dist-info/METADATA", "s/^Version: .*/Version: \(release)/")
  }

  /// Changes files of packages that were copied, by a script for sed.
  func edit(_ files: String, _ script: String) throws {
    try run(["/bin/sh", "-c", #"sed -i "$1" "$0"/\#(files)"#, packages, script])
  }

  /// A Python in PATH that only the system's own tools may change, and that has nothing installed.
  func useManagedPython() throws {
    let python = try Surroundings.python
    let folder = "\(project.home)/managed"
    try project.write("", to: "\(folder)/EXTERNALLY-MANAGED")
    try project.write(
      """
      import sys, sysconfig
      if sys.executable == "\(python)":
          sys.path[:] = [path for path in sys.path if not path.endswith("-packages")]
          sys.base_prefix = sys.prefix  # as if it were none, should it be a virtual environment's
          get_path = sysconfig.get_path
          sysconfig.get_path = lambda name, **more: "\(folder)" if name == "stdlib" else get_path(name, **more)
      """, to: "\(folder)/sitecustomize.py")
    project.pythonPath = [folder]
    try project.writeScript("#!/bin/sh\nexec '\(python)' \"$@\"\n", to: "\(folder)/python3")
    project.variables["PATH"] = "\(folder):/usr/bin:/bin"
  }

  /// The only packages that its pip can get: those of a shared environment, as wheels.
  func offer(_ names: String..., from shared: String? = nil) throws { try offer(names, from: shared) }

  func offerAll() throws { try offer([], from: nil) }

  private func offer(_ names: [String], from shared: String?) throws {
    let folder = "\(project.home)/index"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let shared = shared ?? project.environment
    try run(["\(shared)/bin/python", "-c", Patient.makeWheels, folder] + names)
    project.variables["PIP_NO_INDEX"] = "1"
    project.variables["PIP_FIND_LINKS"] = folder
    project.variables["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
  }

  private static let makeWheels = """
    import sys, zipfile
    from importlib.metadata import distribution, distributions
    for name in sys.argv[2:] or {one.name for one in distributions()} - {"pip", "setuptools"}:
        one = distribution(name)
        path = "%s/%s-%s-py3-none-any.whl" % (sys.argv[1], name.replace("-", "_"), one.version)
        with zipfile.ZipFile(path, "w") as wheel:
            for file in one.files:
                if file.parts[0] != ".." and "__pycache__" not in file.parts:
                    wheel.write(file.locate(), str(file))
    """

  /// The path of the wheel of testmon-xdist.
  func wheel() throws -> String? {
    let folder = String(cString: try #require(getenv("TESTMON_XDIST_TEST_WHEELS")))
    return try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasPrefix("testmon_xdist-") }
      .map { "\(folder)/\($0)" }
  }

  /// A Python of before what we work with, where this machine has it: in PATH, or pyenv's.
  static func oldPython(_ version: String) -> String? {
    let value = { (name: String) in getenv(name).map { String(cString: $0) } ?? "" }
    let inPath = value("PATH").split(separator: ":").filter { !$0.hasSuffix("/shims") }.map { "\($0)/python\(version)" }
    let versions = "\(value("HOME"))/.pyenv/versions"
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: versions)) ?? []).sorted()
    let pyenv = names.filter { $0.hasPrefix("\(version).") }.map { "\(versions)/\($0)/bin/python" }
    return (inPath + pyenv).first { access($0, X_OK) == 0 }
  }
}
