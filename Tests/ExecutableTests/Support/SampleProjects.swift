extension Project {
  /// Forty tests: twenty of `add` and twenty of `mul`, of one module.
  func addFortyTests() throws {
    try write("", to: "conftest.py")
    try editAdd("a + b")
    for name in ["add", "mul"] {
      try write(
        """
        import pytest
        from lib import add, mul


        @pytest.mark.parametrize("i", range(20))
        def test_\(name)(i):
            assert \(name)(i, 2) is not None

        """, to: "tests/test_\(name).py")
    }
  }

  /// Makes `add` of the forty tests' module compute this.
  func editAdd(_ expression: String) throws {
    try write(
      """
      def add(a, b):
          return \(expression)


      def mul(a, b):
          return a * b

      """, to: "lib.py")
  }

  /// Two files of two tests each.
  func addFourTests() throws {
    for name in ["unit", "api"] {
      try write("def test_one(): pass\n\n\ndef test_two(): pass\n", to: "tests/\(name)/test_\(name).py")
    }
  }

  /// Four tests, of which one makes the file `started` and then waits for the file `go`.
  func addWaitingTest() throws {
    try addFourTests()
    try write(
      """
      import pathlib
      import time


      def test_that_waits():
          pathlib.Path("started").touch()
          while not pathlib.Path("go").exists():
              time.sleep(0.02)

      """, to: "tests/unit/test_waiting.py")
  }

  /// A test that kills its worker, once, when the other tests are done and recorded.
  func addTestThatKillsItsWorkerOnce() throws {
    try write(
      """
      import os
      import pathlib
      import signal
      import time


      def test_that_kills_its_worker_once():
          once = pathlib.Path("killed")
          if not once.exists():
              once.touch()
              time.sleep(1)
              os.kill(os.getpid(), signal.SIGKILL)

      """, to: "tests/test_kill.py")
  }
}
