import Coordination
import FoundationEssentials
import Planning
import Platform
import Settings
import Testmon

extension StatusReport {
  /// What `pytest --testmon -n auto` would do now.
  struct Plan: Encodable, Equatable {
    struct ChangedFile: Encodable, Equatable {
      let file: String
      /// How many tests it makes run.
      let tests: Int
    }

    struct Prediction: Encodable, Equatable {
      let workers: Int
      let seconds: Double
    }

    let tests: Int
    let allTests: Int
    /// An estimate.
    let unknownTests: Int
    /// Those that make the most tests run first.
    let changedFiles: [ChangedFile]
    /// Empty where nothing can be said.
    let predictions: [Prediction]
    /// nil: as many as xdist would start.
    let workers: Int?
    /// The choice, and its reason, as the header of a run says it.
    let message: String

    enum CodingKeys: String, CodingKey {
      case tests, predictions, workers, message
      case allTests = "all_tests"
      case unknownTests = "unknown_tests"
      case changedFiles = "changed_files"
    }
  }
}

extension StatusReport.Plan {
  /// Has testmon select tests by a copy of the data file: nothing is changed, and no run is waited for.
  /// - Parameter python: the one that the command line names, if it does.
  init(_ context: Context, python explicit: String?) throws {
    let (python, facts) = try context.askPythons(explicit: explicit)
    let found = try DataFile.withCopy(of: facts.databasePath) { copy in
      let preparation = try DataFile.prepare(
        at: copy, dataVersion: facts.dataVersion, environment: facts.environment,
        keep: context.settings.keepEnvironments.value, now: Date(timeIntervalSince1970: WallClock.now()),
        refusingNewer: context.settings.stopOnNewer.value, markingTests: facts.mixesTestsUpAlone)
      return try python.plannedWork(
        rootdir: context.project.rootdir, PreparedEnvironment(facts, preparation, at: copy),
        variables: context.environment)
    }
    // Without a history the plan is made by what is usual.
    let runs = try? StatusReport.lookAtHistory(of: context.project) {
      try $0.measuredRuns(environment: facts.environmentName)
    }
    let plan = Plan(
      found.work, runs ?? [], on: Machine(cores: Resources.processors(), freeMemory: Resources.freeMemory()))
    self.init(
      tests: found.work.tests, allTests: found.work.allTests, unknownTests: found.work.unknownTests,
      changedFiles: found.changedFiles.map { ChangedFile(file: $0.key, tests: $0.value) }
        .sorted { ($1.tests, $0.file) < ($0.tests, $1.file) },
      predictions: plan.predictions.map { Prediction(workers: $0.workers, seconds: $0.seconds) },
      workers: plan.workers, message: plan.message)
  }
}
