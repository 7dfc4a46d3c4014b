import CommandLine

/// What doctor has found: what `--json` prints (docs/doctor.md describes it), and ``DoctorText`` for people.
struct DoctorReport: Encodable {
  /// The worst of the findings decides.
  enum Verdict: String, Encodable, Comparable {
    case good, fixed, warning, failure

    private var rank: Int {
      switch self {
      case .good: 0
      case .fixed: 1
      case .warning: 2
      case .failure: 3
      }
    }

    static func < (one: Verdict, other: Verdict) -> Bool { one.rank < other.rank }
  }

  /// A finding, and what has become of it.
  struct Line: Encodable {
    let check: String
    let group: CheckGroup
    let verdict: Verdict
    let message: String
    let next: String?
    let summary: String?

    enum CodingKeys: String, CodingKey { case check, group, verdict, message, next }

    /// - Parameter fix: whether what can be mended safely is to be mended now.
    init(_ check: any Check, _ finding: Finding, fix: Bool) {
      self.check = check.name
      group = check.group
      summary = finding.summary
      let asFound: Verdict =
        switch finding.verdict {
        case .good: .good
        case .warning: .warning
        case .failure: .failure
        }
      guard fix, finding.verdict != .good, let repair = finding.repair else {
        verdict = asFound
        message = finding.message
        next = finding.next ?? (finding.repair == nil ? nil : "testmon-xdist doctor --fix")
        return
      }
      do {
        message = try repair()
        verdict = .fixed
        next = nil
      } catch {
        message = "\(finding.message); mending it failed: \(CommandFailure(error).message)"
        verdict = asFound
        next = finding.next
      }
    }
  }

  struct Group: Encodable {
    let group: CheckGroup
    /// nil where nothing could be checked, as outside of CI.
    let verdict: Verdict?
    /// The names of its checks.
    let checks: [String]
  }

  let schema = 1
  let version = Commands.version
  let isHealthy: Bool
  let rootdir: String
  /// The Python that was looked at.
  let python: String?
  let groups: [Group]
  let findings: [Line]
  /// Whether a pytest is coordinated by itself; else only a command that is wrapped.
  let isEnabled: Bool

  enum CodingKeys: String, CodingKey {
    case schema, version, rootdir, python, groups, findings
    case isHealthy = "healthy"
  }

  init(_ context: CheckContext, _ checks: [any Check], _ findings: [Line]) {
    rootdir = context.project.rootdir
    python = try? context.python.get().executable
    isEnabled = context.isEnabled
    isHealthy = !findings.contains { $0.verdict == .failure }
    self.findings = findings
    groups = CheckGroup.allCases.map { group in
      Group(
        group: group, verdict: findings.filter { $0.group == group }.map(\.verdict).max(),
        checks: checks.filter { $0.group == group }.map(\.name))
    }
  }

  func lines(of group: Group) -> [Line] { findings.filter { $0.group == group.group } }
}
