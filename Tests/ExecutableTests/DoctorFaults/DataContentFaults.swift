import FoundationEssentials
import Testing

/// What can be wrong inside of the data file, and with what lies beside it.
extension Fault {
  static let dataContent: [Fault] = [
    Fault("data-journal", "its writer was killed, not in WAL mode", .warning, says: ["-journal"], cure: .fix) {
      try $0.addData()
      try $0.runPython(killedWriter)
    },
    Fault("data-log", "its writer was killed, in WAL mode", .warning, says: [".testmondata-wal"], cure: .fix) {
      try $0.addData()
      try $0.runPython(
        "import os, sqlite3\nc = sqlite3.connect('.testmondata')\n"
          + "c.execute('UPDATE test_execution SET failed = 1')\nc.commit()\nos._exit(0)\n")
    },
    Fault(
      "data-log", "a log that grows, because somebody reads all the time", .warning, says: ["has grown", "(python"],
      cure: .hand { patient, next in
        #expect(next.hasPrefix("fuser -v "))
        try patient.dismiss()
      }
    ) {
      try $0.addData()
      try $0.accompany(by: reader)
    },
    Fault("data-remains", "a log without its data file", .warning, says: ["without"], cure: .paste) {
      try $0.project.write([UInt8](repeating: 7, count: 5000), to: ".testmondata-wal")
    },
    Fault(
      "data-remains", "a CI cache kept the data file without its log", .warning, says: ["nothing in it"], cure: .paste
    ) {
      try $0.runPython(
        "import shutil, sqlite3\nc = sqlite3.connect('other')\nc.execute('PRAGMA journal_mode = WAL')\n"
          + "c.execute('CREATE TABLE metadata (dataid TEXT PRIMARY KEY, data TEXT)')\nc.commit()\n"
          + "shutil.copy('other', '.testmondata')\n")
    },
    Fault("data-integrity", "a damaged page", says: ["damaged inside"], cure: .paste) {
      try $0.addData()
      try $0.runPython(damage)
    },
    Fault("data-size", "it is mostly empty", .warning, says: ["hold nothing"], cure: .fix) {
      try $0.addData()
      try $0.sqlite("CREATE TABLE large (x); INSERT INTO large VALUES (zeroblob(20000000)); DROP TABLE large;")
    },
    Fault("data-environments", "two rows of one name", .warning, says: ["2 rows", "'default'"], cure: .fix) {
      try $0.addData()
      try $0.sqlite(
        "INSERT INTO environment (environment_name, system_packages, python_version) VALUES ('default', 'a 1', '3.1');")
    },
    Fault("data-tracked", "git tracks it", .warning, says: ["git tracks"], cure: .paste) {
      try $0.addData()
      try $0.run(["/bin/sh", "-c", "git init --quiet && git add --force .testmondata"])
    },
    Fault("history", "it is damaged", .warning, says: ["is damaged"], cure: .paste) {
      try $0.project.write([UInt8](repeating: 7, count: 5000), to: ".pytest_cache/d/testmon-xdist/history.db")
    },
    Fault("history", "of a later testmon-xdist", .warning, says: ["later testmon-xdist"], cure: .paste) {
      try $0.project.write("", to: ".pytest_cache/d/testmon-xdist/file")
      try $0.runPython(
        "import sqlite3\nc = sqlite3.connect('.pytest_cache/d/testmon-xdist/history.db')\n"
          + "c.execute('PRAGMA user_version = 99')\n")
    },
  ]

  /// Killed in the middle of a transaction, of which a part is in the file already.
  static let killedWriter = """
    import os, signal, sqlite3
    connection = sqlite3.connect(".testmondata", isolation_level=None)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("BEGIN")
    connection.execute("DELETE FROM test_execution")
    for _ in range(500):
        connection.execute("INSERT INTO file_fp (filename, fsha, method_checksums) VALUES (hex(randomblob(500)), 'x', 'y')")
    os.kill(os.getpid(), signal.SIGKILL)
    """

  /// Has read once, and not ended its transaction, while another connection writes.
  private static let reader = """
    import signal, sqlite3
    reader = sqlite3.connect(".testmondata", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM test_execution").fetchall()
    writer = sqlite3.connect(".testmondata", isolation_level=None)
    writer.execute("CREATE TABLE large (x)")
    writer.execute("INSERT INTO large VALUES (randomblob(40000000))")
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    print("here", flush=True)
    signal.sigwait([signal.SIGTERM])
    reader.close()
    writer.execute("DROP TABLE large")
    writer.execute("VACUUM")
    writer.close()
    """

  /// Overwrites the first bytes of an index.
  private static let damage = #"""
    import sqlite3
    connection = sqlite3.connect(".testmondata")
    query = "SELECT rootpage FROM sqlite_master WHERE name = 'test_execution_file_fp_both'"
    (page,), = connection.execute(query).fetchall()
    (size,), = connection.execute("PRAGMA page_size").fetchall()
    connection.close()
    with open(".testmondata", "r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * 64)
    """#
}
