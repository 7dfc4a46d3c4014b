import CLinux
import Glibc

/// What this process was started with.
public enum CurrentProcess {
  /// The arguments, without the program's name. Unlike Swift's own, they need no /proc.
  public static var arguments: [String] { Array(allArguments.dropFirst()) }

  /// The environment variables.
  public static var environment: [String: String] {
    var variables: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      let text = String(cString: entry)
      if let separator = text.firstIndex(of: "=") {
        variables[String(text[..<separator])] = String(text[text.index(after: separator)...])
      }
      next += 1
    }
    return variables
  }

  /// Where the executable is, however it was called; without /proc, the name by which it was called.
  public static let executable = SymbolicLink.target(of: "/proc/self/exe") ?? allArguments.first ?? ""

  private static var allArguments: [String] {
    guard let values = clinux_argument_values() else { return [] }
    return (0..<Int(clinux_argument_count())).compactMap { values[$0].map { String(cString: $0) } }
  }
}
