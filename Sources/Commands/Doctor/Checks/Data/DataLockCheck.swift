import Testmon

/// Does another process keep every run from writing?
struct DataLockCheck: Check {
  let name = "data-lock"
  let group = CheckGroup.data

  func run(in context: CheckContext) -> [Finding] {
    let data = context.data
    guard data.obstacle?.reason == .locked else { return [] }
    return [
      .failure(
        "\(data.path) is being written \(data.userText), which doesn't let go of it: a run would wait, and stop",
        next: DataState.whoHas(data.path))
    ]
  }
}
