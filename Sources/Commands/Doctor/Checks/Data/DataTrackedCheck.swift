import Text

/// Does git track what every run changes?
struct DataTrackedCheck: Check {
  let name = "data-tracked"
  let group = CheckGroup.data

  func run(in context: CheckContext) -> [Finding] {
    let data = context.data
    guard let git = Git(in: data.folder, context.environment) else { return [] }
    let file = data.file.split(separator: "/").last.map(String.init) ?? ""
    // Without magic: the name may hold anything.
    let names = ["", "-wal", "-shm"].map { ":(literal)\(file)\($0)" }
    guard let answer = git.ask(["ls-files", "-z", "--"] + names), !answer.isEmpty else { return [] }
    let tracked = answer.split(separator: "\0").map { ShellWord.quote("\(data.folder)/\($0)") }.joined(separator: " ")
    let ignored = ShellWord.quote("\(file)*")
    return [
      .warning(
        "git tracks \(tracked), which every run changes: merges will conflict, and whoever checks out gets old data",
        next: "git -C \(ShellWord.quote(data.folder)) rm --cached -- \(tracked) && "
          + "echo \(ignored) >> \(ShellWord.quote("\(data.folder)/.gitignore"))")
    ]
  }
}
