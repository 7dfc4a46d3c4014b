import CommandLine
import Planning
import Platform
import Settings

/// The summary of a job of GitHub Actions: one section for all runs, between two markers. What others have written there
/// stays as it is, whatever bytes it has.
struct StepSummary {
  private let context: Context

  /// GitHub's name of the variable that has the file's path.
  private static let variable = "GITHUB_STEP_SUMMARY"
  init(_ context: Context) { self.context = context }

  /// GitHub takes no more: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>.
  private static let mostBytes = 1 << 20

  /// Adds a run. If that can't be there is a debug line.
  func add(_ tests: RanTests, savedSeconds: Double) {
    guard context.settings.stepSummary.value, let path = context.environment[Self.variable], !path.isEmpty else {
      return
    }
    do {
      try SharedFile.rewrite(path, limit: Self.mostBytes) { bytes in
        SummarySection.adding(SummarySection.Run(tests, savedSeconds: savedSeconds), to: bytes)
      }
    } catch {
      context.diagnostics.debug("no step summary: \(error)")
    }
  }
}
