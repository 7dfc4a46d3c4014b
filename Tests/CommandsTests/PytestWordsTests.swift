import Glibc
import Testing

@testable import Commands

/// What doctor takes from pytest's own words, and from the script `pytest`.
@Suite struct PytestWordsTests {
  @Test func whyPytestRefuses() {
    let usage = """
      ERROR: usage: pytest.main() [options] [file_or_dir] [file_or_dir] [...]
      pytest.main(): error: unrecognized arguments: --nonsense --more=3
        inifile: /p/pytest.ini
        rootdir: /p

      """
    let unknown = Refusal(usage)
    #expect(unknown?.unknownArguments == "--nonsense --more=3" && unknown?.conftest == nil)
    #expect(unknown?.message == "unrecognized arguments: --nonsense --more=3")
    let conftest = Refusal(
      """
      ImportError while loading conftest '/p/conftest.py'.
      conftest.py:1: in <module>
          import nothing
      E   ModuleNotFoundError: No module named 'nothing'

      """)
    #expect(conftest?.conftest == "/p/conftest.py")
    #expect(conftest?.message == "ModuleNotFoundError: No module named 'nothing'")
    #expect(
      Refusal("ERROR: Missing required plugins: pytest-foo\n\n")?.message == "Missing required plugins: pytest-foo")
    #expect(Refusal("some warning\n") == nil)
    #expect(Refusal("") == nil)
  }

  @Test(arguments: [
    ("#!/venv/bin/python\nimport sys\n", "/venv/bin/python"),
    ("#!/usr/bin/python3.11 -sE\n", "/usr/bin/python3.11"),
    ("#!/bin/sh\n'''exec' \"/a b/bin/python\" \"$0\" \"$@\"\n' '''\n", "/a b/bin/python"),
    ("#!/bin/sh\n'''exec' /long/bin/python3 \"$0\" \"$@\"\n' '''\n", "/long/bin/python3"),
    ("#!/usr/bin/env bash\npyenv exec\n", nil), ("#!/bin/sh\nexec python\n", nil), ("", nil), ("\u{7F}ELF", nil),
    ("#!", nil),
  ])
  func whoRunsPytest(script: String, interpreter: String?) throws {
    let folder = try TemporaryFolder()
    try folder.write("pytest", script)
    chmod("\(folder.path)/pytest", 0o755)
    #expect(PytestCommand(path: folder.path)?.interpreter == interpreter)
  }
}
