import Platform

/// Why a run can't be coordinated.
public enum CoordinationError: Error {
  /// Another live run holds the project, and went on holding it for as long as we waited.
  case held(by: Holder?, waited: Double)
  /// The run that holds the project can't end before this process does, so waiting for its end would take for ever.
  case inside(Holder)
  /// No marker of a live run appeared in time.
  case timedOut(waiting: Double, folder: String)
  /// The run that was asked for is over.
  case ended(runID: String)
  /// The folder or a file in it isn't ours to trust, or isn't what it should be.
  case untrusted(path: String, reason: String)
  /// The system refused something that a run needs.
  case system(SystemError)

  /// Turns an error of the system into one of these.
  static func wrapping<T>(_ body: () throws(SystemError) -> T) throws(CoordinationError) -> T {
    do {
      return try body()
    } catch {
      throw .system(error)
    }
  }
}
