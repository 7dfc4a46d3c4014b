import Coordination
import Glibc
import Platform
import Text
import Variables

/// Does the plugin find an executable that starts, and speaks with it?
struct ExecutableCheck: Check {
  let name = "executable"
  let group = CheckGroup.setup

  private struct Answer: Decodable {
    let state: String
    let `protocol`: Int?
    let message: String?
    let version: String?
  }

  func run(in context: CheckContext) -> [Finding] {
    // Without /proc nothing starts, which another check tells.
    guard ProcessIdentity.canBeKnown, context.isEnabled, let python = try? context.python.get(),
      let start = context.rehearsal?.start
    else {
      return []
    }
    let variable = EnvironmentVariable.executable
    let given = context.environment.nonEmpty(variable)
    if let given, ExecutableVariableCheck.problem(with: given) != nil { return [] }
    guard let executable = start.executable else {
      if let there = start.places.first(where: { ExecutableVariableCheck.problem(with: $0) == "isn't executable" }) {
        return [notExecutable(there)]
      }
      return [.failure(start.problem ?? "the plugin finds no executable", next: python.installPlugin)]
    }
    let remedy = given == nil ? python.installPlugin : "unset \(variable)"
    if let problem = start.problem { return [.failure(problem, next: remedy)] }
    guard let answer = JSON.decode(Answer.self, from: Array((start.answer ?? "").utf8)) else {
      return [
        .failure("\(executable), which the plugin finds, isn't testmon-xdist: pytest refuses to start", next: remedy)
      ]
    }
    if answer.protocol != start.protocol {
      let theirs = answer.version.map { " (of \($0))" } ?? ""
      return [
        .failure(
          "the plugin and \(executable)\(theirs), which it finds, are of different releases: pytest refuses to start",
          next: remedy)
      ]
    }
    if answer.state == "error" {
      return [.failure("\(executable): \(answer.message ?? "an error")", next: "testmon-xdist status")]
    }
    return [.good("the plugin finds \(executable), and it starts")]
  }

  private func notExecutable(_ path: String) -> Finding {
    let cause = "\(path) isn't executable: pytest refuses to start"
    guard let owner = FileOwner(of: path), owner.isMine else {
      return .failure("\(cause), and it isn't yours", next: "ask its owner to run: chmod +x \(ShellWord.quote(path))")
    }
    return .failure(cause, next: "chmod +x \(ShellWord.quote(path))") {
      guard chmod(path, owner.mode | 0o111) == 0 else {
        throw SystemError(code: errno, call: "chmod", subject: path)
      }
      return "made \(path) executable"
    }
  }
}
