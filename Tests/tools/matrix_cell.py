"""A cell of the matrix: a virtual environment with given releases, and what is shown in it."""

import contextlib
import os
import re
import shutil
import signal
import sqlite3
import subprocess

import environments
import sample_project

UV = "uv==0.13.9"  # makes an environment in a second, and for Python 3.7, too
PACKAGE = "termcolor==2.3.0"  # what none of the others needs
HEADER = r"(?m)^testmon-xdist: \S+, environment default"
VARIABLE = "TESTMON_XDIST_CONTROLLER_PRECREATION"


class Failed(Exception):
    """Something went another way than it should; `output` is of the command that did."""

    def __init__(self, reason, output=""):
        super().__init__(reason)
        self.output = output
        lines = [line for line in output.splitlines() if "Error" in line] or [reason]
        self.last_line = lines[-1].replace("INTERNALERROR> ", "").strip()


class DoesNotInstall(Failed):
    """There is no such combination of releases."""


def install_uv(folder):
    environments.make_environment(folder, [UV])
    return folder / "bin" / "uv"


@contextlib.contextmanager
def temporary(*arguments, exact=False):
    """A cell that is gone afterwards."""
    folder = arguments[0]
    try:
        yield Cell(*arguments, exact=exact)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Cell:
    """An environment, and a project of two modules with three tests each, made in `folder`, which doesn't exist yet."""

    def __init__(self, folder, uv, python, requirements, exact):
        self.uv, self.venv, self.project = uv, folder / "venv", folder / "project"
        self.environment = environments.clean_environment()
        for name in "home", "tmp":
            (folder / name).mkdir(parents=True)
        self.environment["PATH"] = os.pathsep.join([str(self.venv / "bin"), self.environment.get("PATH", os.defpath)])
        self.project.mkdir()
        (self.project / "pytest.ini").write_text("[pytest]\n")
        sample_project.write(self.project)
        self.edits = 0
        self.call([uv, "venv", "--quiet", "--python", python, self.venv])
        self.pip("install", *(["--no-deps"] if exact else []), *requirements)

    def run(self, command, **variables):
        """The exit status and the output of a command in the project."""
        # Its home is its own, so that nobody's settings count; uv's is not, so that its downloads are shared.
        own = {} if command[0] == self.uv else {"HOME": str(self.project.parent / "home")}
        command = [str(word) for word in command]
        process = subprocess.Popen(
            command,
            cwd=self.project,
            env=dict(self.environment, TMPDIR=str(self.project.parent / "tmp"), **own, **variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=300)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            raise Failed("did not end within five minutes: " + " ".join(command), output)
        return process.returncode, output

    def call(self, command):
        status, output = self.run(command)
        if status != 0:
            reason = "failed: " + " ".join(str(word) for word in command)
            if "No solution found" in output or "Failed to build" in output:
                raise DoesNotInstall(reason, output)
            raise RuntimeError(reason + "\n" + output)  # no network, for example
        return output

    def pip(self, action, *arguments):
        return self.call([self.uv, "pip", action, "--quiet", "--python", self.venv / "bin" / "python", *arguments])

    def edit(self):
        """Changes how `add` computes the same, each time in another way."""
        self.edits += 1
        operands = "a + b" + " + 0" * self.edits
        code = sample_project.CODE.format(name="add", operator="+")
        (self.project / "add.py").write_text(code.replace("a + b", operands))

    def pytest(self, passed, *arguments, ours="", wrapper=(), **variables):
        """A run in which `passed` tests have to run, and pass; `ours`: how our line in the header goes on."""
        command = [*wrapper, self.venv / "bin" / "pytest", *arguments]
        if "-n" in arguments:
            command += ["--max-worker-restart", "0"]  # or a worker that dies of its start is replaced for ever
        status, output = self.run(command, **variables)
        found = re.search(r"(\d+) passed", output)
        found = int(found.group(1)) if found else 0
        wrong = [word for word in ("INTERNALERROR", "sqlite3.", "Traceback") if word in output]
        # Nothing to run is 0 or 5, as the release of pytest-testmon has it.
        if status not in ((0,) if passed else (0, 5)) or found != passed:
            wrong.append("{} tests passed instead of {}, exit status {}".format(found, passed, status))
        if ours and not re.search(HEADER + ours, output):
            wrong.append("its line is not in pytest's header")
        if (self.project / ".testmon_xdist").exists():
            wrong.append("the run left .testmon_xdist")
        if wrong:
            raise Failed(", ".join(wrong), output)

    def tell(self, data_version, wheel):
        """The story: what changes, and how many tests must run then."""
        parallel = ["--testmon", "-n", "2"]
        plugin = {"ours": ", 2 workers", VARIABLE: "true"}
        self.pip("install", "--no-deps", wheel)
        self.pytest(6, *parallel, **plugin)
        with contextlib.closing(sqlite3.connect(self.project / ".testmondata")) as connection:
            (found,) = connection.execute("PRAGMA user_version").fetchone()
        if found != data_version:
            raise Failed("data version {} instead of {}".format(found, data_version))
        self.pytest(0, *parallel, **plugin)
        self.pip("install", PACKAGE)
        self.pytest(6, *parallel, **plugin)
        self.edit()
        self.pytest(3, *parallel, **plugin)
        auto = ["--testmon", "-n", "auto"]
        self.pytest(0, *auto, **dict(plugin, ours=r"\n.*: 0 of 6 tests to run: in this process"))
        self.edit()
        self.pytest(3, *auto, **dict(plugin, ours=r"\n.*: 3 of 6 tests to run, about .*: in this process"))
        # The environment before is known again; what has been edited since runs.
        self.pip("uninstall", PACKAGE.split("==")[0])
        self.pytest(3, *parallel, **dict(plugin, ours=" picked up again"))

        executable = self.project.parent / "testmon-xdist"
        shutil.copy2(self.venv / "bin" / "testmon-xdist", executable)
        self.pip("uninstall", "testmon-xdist")
        wrapper = dict(ours=", 2 workers", wrapper=[executable, "controller", "--"])
        self.pytest(6, *parallel, **wrapper)
        self.edit()
        self.pytest(3, *parallel, **wrapper)
