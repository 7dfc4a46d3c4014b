"""Carries out a sequence of steps with real runs of pytest, and compares each with what the model says of it."""

import os
import pathlib
import re
import selectors
import shlex
import shutil
import signal
import sqlite3
import subprocess
import contextlib

import environments
import sequences_model
from sequences_steps import Edit, Run

VARIABLE = "TESTMON_XDIST_CONTROLLER_PRECREATION"
ALONE = "alone"  # the way of a run by testmon, without us
PATIENCE = 300  # seconds, until a run counts as hung
ALARMS = ("INTERNALERROR", "sqlite3.", "database is locked", "readonly database", "Traceback (most recent")


class Wrong(Exception):
    """A run went another way than it should; `output` is what it wrote."""

    def __init__(self, reason, output=""):
        super().__init__(reason)
        self.output = output


class Tools:
    """What all sequences use: the environment of a release of testmon, and the wheel, unpacked beside it."""

    def __init__(self, folder, venv, wheel):
        self.python = venv / "bin" / "python"
        self.plugin, self.recorder, self.package = folder / "plugin", folder / "recorder", folder / "package"
        pip = [self.python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps", "--no-index"]
        environments.run(*pip, "--target", self.plugin, wheel)
        self.executable = self.plugin / "bin" / "testmon-xdist"
        self.recorder.mkdir()
        shutil.copy(pathlib.Path(__file__).with_name("sequences_plugin.py"), self.recorder)
        information = self.package / "some_package-1.0.dist-info"  # all that makes a package one for testmon
        information.mkdir(parents=True)
        (information / "METADATA").write_text("Metadata-Version: 2.1\nName: some-package\nVersion: 1.0\n")


class Sequence:
    """A project in `folder`, and what has happened to it. `serial`: what testmon alone records beside it."""

    def __init__(self, folder, tools):
        self.tools = tools
        self.folder, self.root = folder, folder / "project"
        self.project = sequences_model.Project()
        self.coordinated, self.serial = sequences_model.Records(), sequences_model.Records()
        self.story = []  # as a script
        self.done = 0  # how many steps have been
        self.written = {}
        for path in folder, folder / "home", self.root:
            path.mkdir()
        self._write("pytest.ini", "[pytest]\npythonpath = .\nmarkers = slow\n    xdist_group\n")

    def carry_out(self, steps):
        """All steps, and then whole runs until nothing is owed but what fails."""
        for self.done, step in enumerate([*steps, Run(), Run(workers=("-n", "1"))]):
            if isinstance(step, Edit):
                step.apply(self.project)
            elif self.project.tests and step.has_targets(self.project):
                self._run(step)
        if (self.root / ".testmondata").exists():
            self._check_data()

    def _write_files(self):
        files = self.project.files()
        for path in set(self.written) - set(files) - {"pytest.ini"}:
            (self.root / path).unlink()
            del self.written[path]
            self.story.append("rm " + path)
        for path, text in files.items():
            if self.written.get(path) != text:
                self._write(path, text)

    def _write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)
        self.written[path] = text
        self.story.append("mkdir -p {}; cat >{} <<'END'\n{}END".format(os.path.dirname(path) or ".", path, text))

    # --- runs

    def _run(self, run):
        self._write_files()
        status, passed, output = self._pytest(run)
        self._check(run, self.coordinated, status, passed, output)
        if run.is_whole and not self.project.unreadable:
            # The same by testmon alone: it knows nothing of the runs in between.
            alone = Run(ALONE, ("-p", "no:xdist"), testmon=run.testmon)
            alone_status, alone_passed, alone_output = self._pytest(alone)
            self._check(alone, self.serial, alone_status, alone_passed, alone_output)
            if _failed(passed) != _failed(alone_passed):
                raise Wrong("serial runs found {}".format(_list(_failed(alone_passed))), output)

    def _check(self, run, records, status, passed, output):
        packages = "" if run.way == ALONE else self.project.packages
        tests, owed = self.project.tests_by_id(), records.owed(self.project, packages)
        expected = {id_ for id_ in tests if run.takes(id_, tests[id_][2]) and (id_ in owed or not run.selects())}
        records.add(self.project, packages, passed)
        self.story[-1] += "\n# exit status {}; passed: {}; failed: {}".format(
            status, _list(id_ for id_ in passed if passed[id_]), _list(_failed(passed)))
        for alarm in ALARMS:
            if alarm in output:
                raise Wrong("{} in the output".format(alarm), output)
        if run.missing:
            if status != 4:
                raise Wrong("the exit status is {}, not 4, though {} isn't there".format(status, run.missing), output)
            return
        if self.project.unreadable:
            if run.is_whole and status == 0:
                raise Wrong("the exit status is 0, though a test file has a syntax error", output)
            return
        # A worker that died has told nothing of the test that it died of.
        left_out = expected - set(passed) - ({run.at} if run.crashes else set())
        if left_out and not run.stop and (not run.at or run.crashes):
            raise Wrong("it left out {}".format(_list(left_out)), output)
        if set(passed) - expected:
            raise Wrong("it ran {} without need".format(_list(set(passed) - expected)), output)
        failing = self.project.failing()
        if _failed(passed) != failing & set(passed):
            raise Wrong("{} failed, not {}".format(_list(_failed(passed)), _list(failing & set(passed))), output)
        wanted = (0, 5)
        if _failed(passed):
            wanted = (1, 2) if run.stop else (1,)  # stopped workers are an interrupted run for xdist
        if status not in wanted and not run.at:
            raise Wrong("the exit status is {}".format(status), output)

    def _pytest(self, run):
        """The exit status, whether each reported test passed, by its id, and the output."""
        log, begun, go_on, output = (self.folder / name for name in ("log", "begun", "go_on", "output"))
        python_path = [self.tools.recorder]
        environment = environments.clean_environment()
        environment.update(HOME=str(self.folder / "home"), TMPDIR=str(self.folder / "home"), PYTHONDONTWRITEBYTECODE="1")
        environment.update(SEQUENCES_LOG=str(log), SEQUENCES_BEGUN=str(begun), SEQUENCES_GO_ON=str(go_on))
        environment.update(SEQUENCES_AT=run.at, SEQUENCES_CRASHES="1" if run.crashes else "")
        pytest = [str(self.tools.python), "-m", "pytest"]
        shown, comment = "pytest", ""
        if run.way == ALONE:
            shown = "TESTMON_DATAFILE=.serialdata pytest"
            environment["TESTMON_DATAFILE"] = ".serialdata"
        else:
            python_path.append(self.tools.plugin)
            if self.project.packages:
                python_path.append(self.tools.package)
                comment = "  # with " + self.project.packages
            if run.way == "plugin":
                shown = VARIABLE + "=true pytest"
                environment[VARIABLE] = "true"
            else:
                shown = "testmon-xdist controller -- pytest"
                pytest = [str(self.tools.executable), "controller", "--", *pytest]
        environment["PYTHONPATH"] = os.pathsep.join(map(str, python_path))
        arguments = ["-q", "-p", "sequences_plugin", *run.arguments()]
        if run.at:
            comment += "  # {} while {} runs".format("its worker dies" if run.crashes else "Ctrl-C", run.at)
        self.story.append("{} {}{}".format(shown, shlex.join(run.arguments()), comment))
        for path in log, begun, go_on:
            path.unlink(missing_ok=True)
        os.mkfifo(begun)
        os.mkfifo(go_on)
        with open(output, "w") as file:
            process = subprocess.Popen(
                pytest + arguments, cwd=self.root, env=environment, stdin=subprocess.DEVNULL, stdout=file,
                stderr=subprocess.STDOUT, start_new_session=True)
            # A terminal sends Ctrl-C to all; the wrapper takes what a process sends for its own, and passes it on.
            kill = os.kill if run.way == "wrapper" else os.killpg
            status = self._wait(process, kill, begun, go_on)
        text = output.read_text(errors="replace")
        if status is None:
            raise Wrong("it did not end within {} s".format(PATIENCE), text)
        return status, _reported(log), text

    def _wait(self, process, kill, begun, go_on):
        """The exit status; the user interrupts when a test has begun."""
        with contextlib.ExitStack() as stack:
            ended = os.pidfd_open(process.pid)
            stack.callback(os.close, ended)
            # Both ends are open here: whoever opens one end there doesn't wait for us.
            descriptors = [os.open(path, os.O_RDWR | os.O_NONBLOCK) for path in (begun, go_on)]
            for descriptor in descriptors:
                stack.callback(os.close, descriptor)
            selector = stack.enter_context(selectors.DefaultSelector())
            for descriptor in ended, descriptors[0]:
                selector.register(descriptor, selectors.EVENT_READ)
            while True:
                ready = [key.fd for key, _ in selector.select(PATIENCE)]
                if ended in ready:
                    return process.wait()
                if not ready:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
                    return None
                selector.unregister(descriptors[0])
                kill(process.pid, signal.SIGINT)
                os.write(descriptors[1], b"x")

    def _check_data(self):
        """No test is in the data twice, under the name that a distribution mode gave it."""
        with contextlib.closing(sqlite3.connect(self.root / ".testmondata")) as connection:
            names = [name for (name,) in connection.execute("SELECT test_name FROM test_execution")]
        renamed = [name for name in names if "@" in name]
        if renamed:
            raise Wrong("the data have {}".format(_list(renamed)))


def _reported(log):
    """Whether each test passed whose report is whole."""
    outcomes, whole = {}, set()
    for line in log.read_text().splitlines() if log.exists() else []:
        when, outcome, id_ = line.split(" ", 2)
        id_ = re.sub("@[gh]$", "", id_)
        outcomes[id_] = outcomes.get(id_, True) and outcome == "passed"
        if when == "teardown":
            whole.add(id_)
    return {id_: outcomes[id_] for id_ in whole}


def _failed(passed):
    return {id_ for id_ in passed if not passed[id_]}


def _list(names):
    return ", ".join(sorted(names)) or "none"
