import FoundationEssentials
import Glibc
import Testing

extension Fault {
  static let ci: [Fault] = [
    Fault(
      "stale-cache", "data is restored, but never saved anew", .warning, says: ["days older"],
      cure: .hand { patient, _ in
        let outcome = try patient.project.pytest(.plugin, "--testmon")
        #expect(outcome.status == 0, "\(outcome)")
      }
    ) {
      try $0.addData()
      $0.project.variables["CI"] = "true"
      try $0.commit(daysAgo: 20)
      try $0.commit(daysAgo: 0)
      try $0.age(".testmondata", days: 30)
    }
  ]
}

extension Patient {
  /// Commits everything to git.
  func commit(daysAgo days: Int) throws {
    let time = Int(Date().timeIntervalSince1970) - days * 86400
    try run([
      "/bin/sh", "-c",
      "git init --quiet; echo .testmondata* .pytest_cache | tr ' ' '\\n' >.gitignore; git add --all && "
        + "GIT_COMMITTER_DATE=@\(time) GIT_AUTHOR_DATE=@\(time) "
        + "git -c user.name=me -c user.email=me@example.org commit --quiet --allow-empty -m 'A commit'",
    ])
  }

  func age(_ name: String, days: Int) throws {
    let time = timespec(tv_sec: Int(Date().timeIntervalSince1970) - days * 86400, tv_nsec: 0)
    try #require(utimensat(AT_FDCWD, project.path(name), [time, time], 0) == 0)
  }
}
