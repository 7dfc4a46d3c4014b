import CommandLine
import Platform

/// `testmon-xdist doctor`: runs every check, tells what was found, and with `--fix` does the safe part of it.
struct DoctorCommand {
  /// All checks, in the order in which an answer helps to understand the next.
  static let checks: [any Check] =
    settingsChecks + setupChecks + versionChecks + runChecks + dataChecks + fileSystemChecks + ciChecks

  private static let settingsChecks: [any Check] = [SettingsCheck(), EnabledCheck()]
  private static let setupChecks: [any Check] = [PythonCheck(), PluginCheck()]
  private static let versionChecks: [any Check] = [CoreCheck()]
  private static let runChecks: [any Check] = [LeftoversCheck()]
  private static let dataChecks: [any Check] = [DataFileCheck()]
  private static let fileSystemChecks: [any Check] = [ProcCheck(), FileSystemCheck()]
  private static let ciChecks: [any Check] = []

  private let options: DoctorOptions
  private let common: CommonOptions

  init(_ options: DoctorOptions, _ common: CommonOptions) {
    self.options = options
    self.common = common
  }

  func run() throws -> Int32 {
    let environment = CurrentProcess.environment
    let context = try CheckContext(common, python: options.python, environment: environment)
    let findings = Self.checks.flatMap { check in
      check.run(in: context).map { Report.Line(check.name, $0, fix: options.fix) }
    }
    let report = Report(findings)
    if options.json {
      try Results.show(report)
    } else {
      let style = Style(common.color, isTerminal: Output.standard.isTerminal, environment: environment)
      try Results.show(text(report, context, style))
    }
    return (report.isHealthy ? ExitStatus.done : .problemFound).rawValue
  }

  private func text(_ report: Report, _ context: CheckContext, _ style: Style) -> String {
    let told = report.findings.filter { $0.verdict != .good || common.debug }
    var text = ""
    for line in told {
      let mark =
        switch line.verdict {
        case .good: style(.good, "ok")
        case .warning: style(.warning, "warning")
        case .failure: style(.error, "problem")
        case .fixed: style(.good, "fixed")
        }
      text += "\(mark): \(Printable.escape(line.message))\n"
      if let next = line.next { text += "    \(Printable.escape(next))\n" }
    }
    if report.isHealthy {
      let what = report.findings.filter { $0.verdict == .good }.compactMap(\.summary).joined(separator: ", ")
      text += "\(style(.good, "Ready")) to run pytest --testmon in parallel: \(Printable.escape(what)).\n"
    }
    return text
  }

  /// What `--json` prints.
  private struct Report: Encodable {
    struct Line: Encodable {
      enum Verdict: String, Encodable { case good, warning, failure, fixed }
      let check: String
      let verdict: Verdict
      let message: String
      let next: String?
      let summary: String?

      enum CodingKeys: String, CodingKey { case check, verdict, message, next }

      /// - Parameter fix: whether what can be mended safely is to be mended now.
      init(_ check: String, _ finding: Finding, fix: Bool) {
        self.check = check
        summary = finding.summary
        guard fix, finding.verdict != .good, let repair = finding.repair else {
          verdict =
            switch finding.verdict {
            case .good: .good
            case .warning: .warning
            case .failure: .failure
            }
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
          verdict = .failure
          next = finding.next
        }
      }
    }

    let schema = 1
    let isHealthy: Bool
    let findings: [Line]

    enum CodingKeys: String, CodingKey {
      case schema, findings
      case isHealthy = "healthy"
    }

    init(_ findings: [Line]) {
      self.findings = findings
      isHealthy = !findings.contains { $0.verdict == .failure }
    }
  }
}
