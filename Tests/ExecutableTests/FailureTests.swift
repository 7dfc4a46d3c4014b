import FoundationEssentials
import Testing

/// A test that fails runs again, in whatever way it fails; one that doesn't fail any more doesn't.
@Suite struct FailureTests {
  /// Its last report is that it has passed.
  @Test(arguments: [["-n", "2"], ["-n", "0"]])
  func aTestWhoseSubtestFails(arguments: [String]) throws {
    let project = try Project()
    try project.write(
      """
      import unittest


      class Numbers(unittest.TestCase):
          def test_numbers(self):
              for number in range(3):
                  with self.subTest(number=number):
                      self.assertNotEqual(number, 1)


      def test_letters(subtests):
          for letter in "abc":
              with subtests.test(letter=letter):
                  assert letter != "b"

      """, to: "tests/test_sub.py")
    for _ in 1...2 {
      let outcome = try project.startPytest(.plugin, ["--testmon"] + arguments).finish()
      #expect(outcome.status == 1 && outcome.alarms == [], "\(outcome)")
      for test in ["test_numbers", "test_letters"] { #expect(outcome.output.contains(test), "\(outcome)") }
    }
    let text = String(decoding: try project.bytes("tests/test_sub.py"), as: UTF8.self)
    try project.write(
      text.replacing("number, 1", with: "number, 9").replacing("!= \"b\"", with: "!= \"z\""), to: "tests/test_sub.py")
    let mended = try project.startPytest(.plugin, ["--testmon"] + arguments).finish()
    #expect(mended.status == 0 && mended.passed == 2, "\(mended)")
    let after = try project.startPytest(.plugin, ["--testmon"] + arguments).finish()
    #expect(after.status == 0 && after.passed == 0, "\(after)")
  }

  /// With `--dist each`, where every worker runs it.
  @Test func aTestThatFailsInOneOfTheWorkers() throws {
    let project = try Project()
    try project.write(
      "import os\n\n\ndef test_it():\n    assert os.environ['SIDE'] == 'right'\n", to: "tests/test_it.py")
    let each = ["--dist", "each", "--tx", "popen//env:SIDE=left", "--tx", "popen//env:SIDE=right"]
    for _ in 1...3 {
      let outcome = try project.startPytest(.plugin, ["--testmon"] + each).finish()
      #expect(outcome.status == 1 && outcome.failed == 1 && outcome.passed == 1, "\(outcome)")
    }
  }

  @Test func aTestThatKillsItsWorkerAndPassesThen() throws {
    let project = try Project()
    try project.add(.rerunfailures)
    try project.write(
      """
      import os


      def test_it():
          if not os.path.exists("crashed"):
              open("crashed", "w").close()
              os._exit(3)

      """, to: "tests/test_it.py")
    let first = try project.pytest(.plugin, "--testmon", "-n", "2", "--reruns", "1")
    #expect(first.status == 0 && first.passed == 1 && first.output.contains("1 rerun"), "\(first)")
    let next = try project.pytest(.plugin, "--testmon", "-n", "2", "--reruns", "1")
    #expect(next.status == 0 && next.passed == 0, "\(next)")
  }

  /// testmon makes no row for what it doesn't know of such a file.
  @Test(arguments: ["2.0.0", "2.2.0"]) func aTestOutsideOfPythonThatKillsItsWorker(release: String) throws {
    let project = try Project(release)
    try project.editAdd("a + b")
    try project.write(
      """
      import os

      import pytest


      class Item(pytest.Item):
          def runtest(self):
              from lib import add

              add(1, 2)
              if self.name == "two" and os.path.exists("crash"):
                  os._exit(3)


      class File(pytest.File):
          def collect(self):
              return [Item.from_parent(self, name=name) for name in ("one", "two")]


      def pytest_collect_file(file_path, parent):
          if file_path.suffix == ".yaml":
              return File.from_parent(parent, path=file_path)

      """, to: "conftest.py")
    try project.write("", to: "tests/test_it.yaml")
    let first = try project.pytest(.plugin, "--testmon", "-n", "2")
    #expect(first.status == 0 && first.passed == 2, "\(first)")
    try project.editAdd("b + a")
    try project.write("", to: "crash")
    let crashed = try project.pytest(.plugin, "--testmon", "-n", "2")
    #expect(crashed.status == 1 && crashed.failed == 1 && crashed.passed == 1, "\(crashed)")
    try FileManager.default.removeItem(atPath: project.path("crash"))
    let again = try project.pytest(.plugin, "--testmon", "-n", "2")
    #expect(again.status == 0 && again.passed == 1 && again.alarms == [], "\(again)")
    let after = try project.pytest(.plugin, "--testmon", "-n", "2")
    #expect(after.status == 0 && after.passed == 0, "\(after)")
  }
}
