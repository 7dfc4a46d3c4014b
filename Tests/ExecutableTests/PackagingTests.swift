import FoundationEssentials
import Testing

/// What `pip install .` may do to the machine, and what `make` may, where SQLite's header isn't installed.
@Suite struct PackagingTests {
  private let project: Project
  /// The arguments of each call of apt-get.
  private let calls: String

  /// A copy of what a build needs, in which apt-get and swift are scripts that only fail.
  init() throws {
    project = try Project()
    calls = "\(project.home)/calls"
    let repository = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let parts = ["LICENSE", "Makefile", "Package.swift", "README.md", "Sources", "hatch_build.py", "pyproject.toml"]
    for part in parts {
      try FileManager.default.copyItem(atPath: "\(repository)/\(part)", toPath: project.path(part))
    }
    let bin = "\(project.home)/bin"
    try project.writeScript("#!/bin/sh\necho \"$@\" >>'\(calls)'\nexit 1\n", to: "\(bin)/apt-get")
    try project.writeScript("#!/bin/sh\n[ \"$1\" != -n ] || shift\nexec \"$@\"\n", to: "\(bin)/sudo")
    try project.writeScript("#!/bin/sh\nexit 1\n", to: "\(bin)/swift")
    let path = project.variables["PATH"] ?? ""
    project.variables["PATH"] = "\(bin):\(path)"
    // The header is installed where these tests run.
    project.variables["GNUMAKEFLAGS"] = "sqlite_header="
  }

  @Test func pipSaysWhatIsMissingAndInstallsNothing() throws {
    let outcome = try project.run([
      "\(Surroundings.packaging)/bin/python", "-m", "pip", "wheel", "--no-index", "--no-deps", "--no-build-isolation",
      ".",
    ])
    #expect(outcome.status != 0 && !project.exists(calls), "\(outcome)")
    #expect(outcome.text.contains("libsqlite3-dev is missing"), "\(outcome)")
  }

  @Test func makeInstallsWhatIsMissing() throws {
    let outcome = try project.run(["make", "build"])
    #expect(outcome.status != 0, "\(outcome)")
    #expect(
      String(decoding: try project.bytes(calls), as: UTF8.self).contains("install -y libsqlite3-dev"), "\(outcome)")
  }
}
