import Testing

@testable import CommandLine

/// What is said of arguments. Each is followed by a line that names the help.
enum UsageSamples {
  static func all() -> [Sample] {
    arguments.map { arguments, place -> Sample in
      do throws(UsageError) {
        _ = try Request(arguments)
        return Sample("'\(arguments.joined(separator: " "))' is understood", place: place, next: "Try '")
      } catch {
        return Sample("\(error.message)\n\(error.hint)", place: place, next: "Try '")
      }
    }
  }

  private static let arguments: [([String], String)] = [
    (["status", "--json=1"], "--json"), (["--rootdir"], "--rootdir"), (["controller", "--python", "-x"], "'-x'"),
    (["--config", ""], "--config"), (["--color", "neon"], "'neon'"), (["--workers", "2"], "--workers"),
    (["status", "--workers", "2"], "--workers"), (["status", "--version"], "--version"),
    (["controller", "--xyzzy"], "'--xyzzy'"), (["claenup"], "'claenup'"), (["status", "x"], "'x'"),
    (["controller", "pytest"], "controller -- pytest"), (["controller", "--"], "'--'"), ([], "command"),
    (["controller", "--detach", "--", "x"], "--detach"), (["worker"], "'worker'"), (["worker", "a/b"], "'a/b'"),
    (["worker", "gw0", "--json", "--export"], "--export"), (["status", "--watch", "--plan"], "--watch"),
    (["status", "--python", "p"], "--python"), (["controller", "--workers", "0"], "'0'"),
    (["worker", "gw0", "--timeout", "x"], "'x'"), (["help", "x"], "'x'"),
  ]
}
