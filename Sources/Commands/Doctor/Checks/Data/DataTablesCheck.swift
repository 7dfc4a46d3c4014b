import Testmon
import Variables

/// Is the data file testmon's, with all that the installed testmon needs in it?
struct DataTablesCheck: Check {
  let name = "data-tables"
  let group = CheckGroup.data

  func run(in context: CheckContext) -> [Finding] {
    let data = context.data
    switch data.obstacle?.reason {
    case .notTestmons:
      return [
        .failure(
          "\(data.path) is a database of another program, which no run touches; move it away, or name another file in "
            + "\(EnvironmentVariable.dataFile)", next: data.elsewhere("other"))
      ]
    case .incomplete(let missing):
      return [
        .failure(
          "\(data.path) lacks \(missing.joined(separator: ", ")), which testmon needs",
          next: data.movedAway("incomplete"))
      ]
    default: return []
    }
  }
}
