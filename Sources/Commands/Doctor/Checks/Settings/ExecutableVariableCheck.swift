import Glibc
import Variables

/// Does the variable that says where the executable is name one?
struct ExecutableVariableCheck: Check {
  let name = "executable-variable"
  let group = CheckGroup.settings

  func run(in context: CheckContext) -> [Finding] {
    let variable = EnvironmentVariable.executable
    guard let path = context.environment[variable], !path.isEmpty else { return [.good("\(variable) isn't set")] }
    guard let problem = Self.problem(with: path) else { return [.good("\(variable) names an executable: \(path)")] }
    return [
      .failure(
        "\(variable) names \(path), which \(problem): pytest refuses to start",
        next: "unset \(variable)")
    ]
  }

  /// Why a path is no executable.
  static func problem(with path: String) -> String? {
    var status = stat()
    if stat(path, &status) != 0 { return "isn't there" }
    if status.st_mode & S_IFMT != S_IFREG { return "is no file" }
    return access(path, X_OK) == 0 ? nil : "isn't executable"
  }
}
