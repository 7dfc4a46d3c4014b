import Testing

/// What ends a careless program by a trap or a signal.
@Suite struct TrapTests {
  /// What is read twice may be gone the second time.
  @Test func aConfigurationThatComesAndGoes() throws {
    let project = try Project()
    let outcome = try project.shell(
      """
      "$0" -c 'import os
      while True:
          os.rename("pytest.ini", "other.ini")
          os.rename("other.ini", "pytest.ini")' & mover=$!
      for round in $(seq 300); do testmon-xdist status --rootdir . >output || echo "status $?"; done
      kill $mover
      """, arguments: [Surroundings.python])
    #expect(outcome.text == "", "\(outcome)")
  }

  /// `ulimit -f` is an error of a write, not the end of us; and nothing that COMMAND inherits.
  @Test func aFileThatMayNotGrow() throws {
    let project = try Project()
    let outcome = try project.shell("ulimit -f 0; exec testmon-xdist --version >file")
    #expect(outcome.status == 1 && outcome.errors.contains("File too large"), "\(outcome)")
    let ignored = try project.shell(
      "grep SigIgn /proc/self/status; testmon-xdist controller -- grep SigIgn /proc/self/status")
    let masks = ignored.output.split(separator: "\n")
    #expect(masks.count == 2 && masks[0] == masks[1], "\(ignored)")
  }

  /// Who doesn't hear that we are there says nothing more: to wait for it would be for ever.
  @Test func anAnswerThatNobodyGets() throws {
    let project = try Project()
    let outcome = try project.shell(
      "mkfifo in; exec 3<>in; testmon-xdist controller --companion 3 <in >/dev/full; echo $?",
      ["TESTMON_XDIST_CONTROLLER_PRECREATION": "true"])
    #expect(outcome.output != "0\n" && outcome.output != "70\n", "\(outcome)")
  }
}
