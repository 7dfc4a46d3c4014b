import FoundationEssentials
import Testing

/// What `pip install .` may do to the machine, and what `make` may, where SQLite's header isn't installed.
@Suite struct PackagingTests {
  private let project: Project
  /// The arguments of each call of apt-get.
  private let calls: String

  private static let repository = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

  /// A copy of what a build needs, in which apt-get and swift are scripts that only fail.
  init() throws {
    project = try Project()
    calls = "\(project.home)/calls"
    let repository = Self.repository
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

  /// Where `man` and the shells look for them below the prefix that pip installs to.
  @Test(arguments: [
    ("man/testmon-xdist.1", "share/man/man1/testmon-xdist.1"),
    ("completions/testmon-xdist.bash", "share/bash-completion/completions/testmon-xdist"),
    ("completions/_testmon-xdist", "share/zsh/site-functions/_testmon-xdist"),
    ("completions/testmon-xdist.fish", "share/fish/vendor_completions.d/testmon-xdist.fish"),
  ])
  func theWheelHasManualAndCompletions(source: String, installed: String) throws {
    let folder = try Surroundings.installed(.testmonXdist)
    #expect(try project.bytes("\(folder)/\(installed)") == project.bytes("\(Self.repository)/\(source)"))
  }

  @Test func makeInstallsWhatIsMissing() throws {
    let outcome = try project.run(["make", "build"])
    #expect(outcome.status != 0, "\(outcome)")
    #expect(
      String(decoding: try project.bytes(calls), as: UTF8.self).contains("install -y libsqlite3-dev"), "\(outcome)")
  }
}
