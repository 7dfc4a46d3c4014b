import Testing

extension Fault {
  static let rehearsal: [Fault] = [
    Fault(
      "rehearsal", "the data file refuses the environment's row", says: ["a run couldn't begin now", "no more rows"],
      cure: .hand { patient, _ in try patient.execute("DROP TRIGGER no_rows") }
    ) { patient in
      try patient.run([try Surroundings.executable, "controller", "--", "true"])
      try patient.execute(
        "CREATE TRIGGER no_rows BEFORE INSERT ON environment BEGIN SELECT RAISE(ABORT, 'no more rows'); END")
      try patient.configure("environment_expression = 'another'")
    },
    Fault(
      "rehearsal", "locks don't work, as on some network file systems", says: ["No locks available"],
      cure: .hand { patient, _ in patient.shell.wrapper = [] }
    ) { $0.shell.wrapper = ["\($0.project.environment)/bin/python", "-c", withoutLocks] },
  ]

  /// Starts a program for which flock(2) fails: <https://docs.kernel.org/userspace-api/seccomp_filter.html>.
  private static let withoutLocks = """
    import ctypes, errno, os, struct, sys
    FLOCK, RETURN_ERROR, RETURN_ALLOW = 73, 0x50000 | errno.ENOLCK, 0x7FFF0000
    code = [(0x20, 0, 0, 0), (0x15, 0, 1, FLOCK), (0x06, 0, 0, RETURN_ERROR), (0x06, 0, 0, RETURN_ALLOW)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in code))
    filter = ctypes.create_string_buffer(struct.pack("HP", len(code), ctypes.addressof(program)))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
    if prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter, 0, 0):
        sys.exit(os.strerror(ctypes.get_errno()))
    os.execv(sys.argv[1], sys.argv[1:])
    """
}

extension Patient {
  /// Executes a statement in the data file.
  func execute(_ statement: String) throws {
    let program = "import sqlite3, sys; sqlite3.connect('.testmondata').execute(sys.argv[1])"
    try run(["\(project.environment)/bin/python", "-c", program, statement])
  }
}
