import Testing

/// The kernel says that a run is alive, and nobody can see its process.
@Suite struct UnseenRunTests {
  /// In another time namespace a process has another start time.
  @Test func aHolderInAnotherTimeNamespaceIsAlive() throws {
    let project = try Project()
    #expect(try project.testmonXdist("controller", "--detach").status == 0)
    let files = [".testmon_xdist/lock", ".testmon_xdist/session", ".testmon_xdist/controller_ready.json"]
    let before = try files.map(project.text)
    let shift = #"""
      import re, sys
      for path in sys.argv[1:]:
          with open(path, "r+") as file:  # in place: the lock is on this very file
              text = file.read()
              text = re.sub(r'("start_time"\s*:\s*)(\d+)', lambda m: m.group(1) + str(int(m.group(2)) + 1000), text)
              text = re.sub(r'("time_namespace"\s*:\s*)"[^"]*"', r'\1"time:[1]"', text)
              file.seek(0)
              file.truncate()
              file.write(text)
      """#
    #expect(try project.run([Surroundings.python, "-c", shift] + files).status == 0)
    let worker = try project.testmonXdist("worker", "gw0")
    #expect(worker.status == 0, "\(worker)")
    let forced = try project.testmonXdist("cleanup", "--force")
    #expect(forced.status == 1 && forced.output.contains("its process can't be seen here"), "\(forced)")
    for (name, text) in zip(files, before) {
      let put = try project.run([
        Surroundings.python, "-c", "import sys; open(sys.argv[1], 'w').write(sys.argv[2])", name, text,
      ])
      #expect(put.status == 0)
    }
    #expect(try project.testmonXdist("cleanup").status == 0)
    #expect(!project.hasRunFolder)
  }
}
