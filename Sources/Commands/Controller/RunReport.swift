import Planning

/// What a pytest tells of its run at its end.
struct RunReport {
  var measured: MeasuredRun
  /// nil where it hasn't run tests.
  var tests: RanTests?
  /// How much longer the run would have taken without testmon, by the clock; an estimate.
  var savedSeconds = 0.0
}
