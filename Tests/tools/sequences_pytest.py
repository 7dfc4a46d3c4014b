"""Runs pytest in the project of a sequence, coordinated or by testmon alone, and interrupts it where a run says so."""

import contextlib
import os
import pathlib
import re
import selectors
import shlex
import shutil
import signal
import subprocess

import environments

VARIABLE = "TESTMON_XDIST_CONTROLLER_PRECREATION"
ALONE = "alone"  # the way of a run by testmon, without us; the others are "plugin" and "wrapper"
PATIENCE = 300  # seconds, until a run counts as hung


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


class Pytest:
    """A run: `status`; whether each test `passed`, as reported and as workers have seen it; `output`."""

    def __init__(self, run, packages, folder, tools):
        self._log, self._begun, self._go_on = folder / "log", folder / "begun", folder / "go_on"
        self._log_of_workers = folder / "log-of-workers"
        self._run = run
        self._command = [str(tools.python), "-m", "pytest"]
        self._environment = environments.clean_environment()
        self._environment.update(
            HOME=str(folder / "home"),
            TMPDIR=str(folder / "home"),
            PYTHONDONTWRITEBYTECODE="1",  # edits follow each other faster than its modification times have seconds
            SEQUENCES_LOG=str(self._log),
            SEQUENCES_BEGUN=str(self._begun),
            SEQUENCES_GO_ON=str(self._go_on),
            SEQUENCES_AT=run.at,
            SEQUENCES_CRASHES="1" if run.crashes else "",
        )
        #: As it would be typed.
        self.shown = self._prepare(run, packages, tools) + " " + shlex.join(run.arguments())
        if run.at:
            self.shown += "  # {} while {} runs".format("its worker dies" if run.crashes else "Ctrl-C", run.at)
        if packages:
            self.shown += "  # with " + packages
        self._start(folder / "project", folder / "output")

    def _prepare(self, run, packages, tools):
        """How this is written for a shell."""
        path = [tools.recorder]
        if run.way != ALONE:
            path.append(tools.plugin)
        if packages:
            path.append(tools.package)
        self._environment["PYTHONPATH"] = os.pathsep.join(map(str, path))
        if run.way == "wrapper":
            self._command = [str(tools.executable), "controller", "--", *self._command]
            return "testmon-xdist controller -- pytest"
        variable, value = ("TESTMON_DATAFILE", ".serialdata") if run.way == ALONE else (VARIABLE, "true")
        self._environment[variable] = value
        return "{}={} pytest".format(variable, value)

    def _start(self, root, output):
        for path in self._log, self._log_of_workers, self._begun, self._go_on:
            path.unlink(missing_ok=True)
        os.mkfifo(self._begun)
        os.mkfifo(self._go_on)
        with open(output, "w") as file:
            process = subprocess.Popen(
                self._command + ["-q", "-p", "sequences_plugin", *self._run.arguments()],
                cwd=root,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self.status = self._wait(process)
        self.output = output.read_text(errors="replace")
        self.passed, self.passed_in_workers = _passed(self._log), _passed(self._log_of_workers)
        if self.status is None:
            raise Wrong("it did not end within {} s: {}".format(PATIENCE, self.shown), self.output)

    def _wait(self, process):
        """The exit status; the user interrupts when a test has begun."""
        with contextlib.ExitStack() as stack:
            ended = os.pidfd_open(process.pid)
            stack.callback(os.close, ended)
            # Both ends are open here: whoever opens one end there doesn't wait for us.
            begun, go_on = [os.open(path, os.O_RDWR | os.O_NONBLOCK) for path in (self._begun, self._go_on)]
            stack.callback(os.close, begun)
            stack.callback(os.close, go_on)
            selector = stack.enter_context(selectors.DefaultSelector())
            selector.register(ended, selectors.EVENT_READ)
            selector.register(begun, selectors.EVENT_READ)
            while True:
                ready = [key.fd for key, _ in selector.select(PATIENCE)]
                if ended in ready:
                    return process.wait()
                if not ready:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
                    return None
                selector.unregister(begun)
                # A terminal sends Ctrl-C to all; the wrapper takes what a process sends for its own, and passes it on.
                kill = os.kill if self._run.way == "wrapper" else os.killpg
                kill(process.pid, signal.SIGINT)
                os.write(go_on, b"x")


def _passed(log):
    """Whether each test passed whose report is whole."""
    passed, whole = {}, set()
    for line in log.read_text().splitlines() if log.exists() else []:
        when, outcome, id_ = line.split(" ", 2)
        id_ = re.sub("@[gh]$", "", id_)  # a name that --dist loadgroup gives
        passed[id_] = passed.get(id_, True) and outcome == "passed"
        if when == "teardown":
            whole.add(id_)
    return {id_: passed[id_] for id_ in whole}
