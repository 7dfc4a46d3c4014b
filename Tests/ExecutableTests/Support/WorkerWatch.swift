import FoundationEssentials
import Testing

/// What a pytest plugin of the tests saw of the data file while only workers could have changed it.
struct WorkerWatch: Decodable {
  /// The bytes of the data file and of its log: before the first worker, and when the last one had ended.
  let before: [String]
  let after: [String]
  /// Their names, in the order in which they were started.
  let workers: [String]
  /// How many calls that write the controlling pytest has put off until then.
  let heldBack: Int

  /// How a worker had the data file open, in each look at it.
  struct Look: Decodable {
    let when: String
    let modes: [Int32]
  }
}

extension Project {
  private var watchFolder: String { "\(home)/watch" }

  /// pytest's arguments that have it watched what workers do to the data file.
  func watchWorkers() throws -> [String] {
    try? FileManager.default.removeItem(atPath: watchFolder)
    try write(watchPlugin, to: "\(watchFolder)/watch_workers.py")
    if !pythonPath.contains(watchFolder) { pythonPath.append(watchFolder) }
    return ["-p", "watch_workers"]
  }

  /// What was seen in the last run.
  func watched() throws -> (run: WorkerWatch, looks: [String: [WorkerWatch.Look]]) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let run = try decoder.decode(WorkerWatch.self, from: Data(bytes("\(watchFolder)/run.json")))
    var looks: [String: [WorkerWatch.Look]] = [:]
    for worker in run.workers where exists("\(watchFolder)/\(worker).json") {
      let lines = try text("\(watchFolder)/\(worker).json").split(separator: "\n")
      looks[worker] = try lines.map { try decoder.decode(WorkerWatch.Look.self, from: Data($0.utf8)) }
    }
    return (run, looks)
  }
}

/// The controlling pytest writes while its workers run. Here all that it would write waits until they have ended: what
/// has changed in the file by then, a worker has changed.
private let watchPlugin = #"""
  import json
  import os
  import subprocess

  import pytest

  FOLDER = os.path.dirname(os.path.abspath(__file__))


  def pytest_configure(config):
      if hasattr(config, "workerinput"):
          config.pluginmanager.register(Worker(config))
      else:
          config.pluginmanager.register(Controlling(config))


  class Controlling:
      def __init__(self, config):
          self.path = os.path.join(str(config.rootdir), ".testmondata")
          self.before = None
          self.workers = []
          self.originals = []
          self.held_back = []

      @pytest.hookimpl(trylast=True)
      def pytest_configure_node(self, node):
          self.workers.append(node.gateway.id)
          if self.before is None:
              data = node.config.testmon_data
              for owner, name in (
                  (data, "save_test_execution_file_fps"),
                  (data, "sync_db_fs_tests"),
                  (data.db, "finish_execution"),
              ):
                  self.hold_back(owner, name)
              self.before = self.bytes()

      def hold_back(self, owner, name):
          write = getattr(owner, name)

          def later(*args, **kwargs):
              self.held_back.append(lambda: write(*args, **kwargs))

          self.originals.append((owner, name, write))
          setattr(owner, name, later)

      def bytes(self):
          # By another process: SQLite's locks are this process's, and closing any descriptor of the file drops them.
          paths = [path for path in (self.path, self.path + "-wal") if os.path.exists(path)]
          return subprocess.check_output(["sha256sum"] + paths).decode().splitlines()

      @pytest.hookimpl(hookwrapper=True, tryfirst=True)
      def pytest_sessionfinish(self, session):
          yield  # in here xdist ends the workers, and waits for their processes
          after = self.bytes()
          for owner, name, write in self.originals:
              setattr(owner, name, write)
          for write in self.held_back:
              write()
          count = len(self.held_back)
          seen = {"before": self.before, "after": after, "workers": self.workers, "held_back": count}
          with open(os.path.join(FOLDER, "run.json"), "w") as file:
              json.dump(seen, file)


  class Worker:
      def __init__(self, config):
          self.path = os.path.realpath(os.path.join(str(config.rootdir), ".testmondata"))
          self.file = os.path.join(FOLDER, config.workerinput["workerid"] + ".json")

      def look(self, when):
          with open(self.file, "a") as file:
              file.write(json.dumps({"when": when, "modes": self.modes()}) + "\n")

      def modes(self):
          modes = []
          for number in os.listdir("/proc/self/fd"):
              try:
                  if os.readlink("/proc/self/fd/" + number) == self.path:
                      lines = open("/proc/self/fdinfo/" + number).read().splitlines()
                      flags = next(line.split()[1] for line in lines if line.startswith("flags:"))
                      modes.append(int(flags, 8) & os.O_ACCMODE)
              except OSError:
                  pass  # the descriptor of the listing itself
          return modes

      @pytest.hookimpl(tryfirst=True)
      def pytest_runtest_call(self, item):
          self.look("test")

      @pytest.hookimpl(trylast=True)
      def pytest_collection_finish(self):
          self.look("collected")

      @pytest.hookimpl(trylast=True)
      def pytest_sessionfinish(self):
          self.look("end")

  """#
