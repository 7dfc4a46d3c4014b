import Glibc
import Testing

@testable import Settings

/// What is said of settings: by each place, and each thing that can be wrong.
enum SettingsSamples {
  static func all() throws -> [Sample] {
    let prefix = "TESTMON_XDIST_"
    var samples: [Sample] = []
    for (name, value, next) in [
      ("WORKER_TIMOUT", "1", "did you mean"), ("XYZZY", "1", "unset \(prefix)XYZZY"), ("DEBUG", "perhaps", "write"),
      ("DEBUG", "true ", "write true"), ("HISTORY", "-1", "write"), ("BACKOFF_FACTOR", "0.5", "it must be"),
      ("WORKER_TIMEOUT", "86401", "it must be"), ("CHECK_INTERVAL", "60", "make it"), ("SCHEDULE", "x", "write"),
    ] {
      let place = name == "CHECK_INTERVAL" ? "CHECK_INTERVAL" : prefix + name
      samples.append(Sample(try problem([prefix + name: value]), place: place, next: next))
    }
    for (text, next) in texts {
      samples.append(Sample(try problem(file: "testmon-xdist.toml", text), place: "testmon-xdist.toml:", next: next))
    }
    for (text, next) in pyprojects {
      samples.append(Sample(try problem(file: "pyproject.toml", text), place: "pyproject.toml:", next: next))
    }
    return samples + (try files())
  }

  private static let texts = [
    ("histroy = 1", "did you mean"), ("xyzzy = 1", "the keys are"), ("[tool.testmon-xdist]", "at the top level"),
    ("history = 'x'", "write for example"), ("history = -1", "must be"), ("debug = 1979-05-27T07:32:00Z", "must be"),
    ("debug = 1979-05-27", "must be"), ("debug = 07:32:00", "must be"), ("debug = [1]", "must be"),
    ("debug = {a = 1}", "must be"), ("debug = 1.5", "must be"), ("debug = 'x", "its end"),
    ("debug = true true", "unexpected text"), ("debug = [1 2]", "expected ','"), ("debug = {a = 1 b}", "expected ','"),
    ("= 1", "expected a key"), ("debug = ", "expected a value"), ("debug = \"\"\"x", "its end"),
    ("debug = true\ndebug = true", "not valid TOML"), ("debug true", "expected '='"),
    ("\"debug\\u0000x\" = true", "take it out"), ("debug = true\0", "take it out"),
    (String(repeating: "a.", count: 500) + "a = 1", "settings need no nesting"),
  ]

  private static let pyprojects = [
    ("[tool.testmon-xdist]\nxyzzy = 1", "the keys are"), ("[tool.testmon_xdist]\ndebug = true", "did you mean"),
    ("tool.testmon-xdist = 1.5", "write [tool.testmon-xdist]"),
  ]

  /// What can be wrong with a file, whatever is in it.
  private static func files() throws -> [Sample] {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/testmon-xdist.toml"
    func sample(_ next: String) -> Sample {
      let sample = Sample(problem(folder, [:], nil), place: "testmon-xdist.toml", next: next)
      unlink(path)
      return sample
    }
    var samples = [Sample(problem(folder, [:], "\(folder.path)/none.toml"), place: "none.toml", next: "name one")]
    mkdir(path, 0o755)
    samples.append(sample("move it away"))
    rmdir(path)
    mkfifo(path, 0o644)
    samples.append(sample("put a regular one"))
    symlink("testmon-xdist.toml", path)
    samples.append(sample("it must be readable"))
    try folder.write("testmon-xdist.toml", String(repeating: "#", count: TextFile.maximumSize + 1))
    samples.append(sample("move it away"))
    let file = open(path, O_WRONLY | O_CREAT, 0o644)
    _ = write(file, [0xFF], 1)
    close(file)
    samples.append(sample("save the file as UTF-8"))
    return samples
  }

  private static func problem(_ variables: [String: String] = [:], file: String = "none", _ text: String = "") throws
    -> String
  {
    let folder = try TemporaryFolder()
    try folder.write(file, text)
    return problem(folder, variables, nil)
  }

  private static func problem(_ folder: TemporaryFolder, _ variables: [String: String], _ config: String?) -> String {
    do {
      _ = try Settings.load(
        rootdir: folder.path, configFile: config, environment: ["XDG_CONFIG_HOME": "/none"].merging(variables) { $1 })
      return "nothing is wrong with \(variables)"
    } catch {
      return error.description
    }
  }
}
