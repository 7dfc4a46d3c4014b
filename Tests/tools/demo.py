#!/usr/bin/env python3
"""Shows the failure without testmon-xdist and the success with it, with real pytest-testmon and pytest-xdist.

Everything is made in a temporary folder. Exit status 1 where anything goes another way than the story has it: what
fails has to be seen failing, what works has to be seen working.
"""

import argparse
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import textwrap

import environments
import sample_project

RELEASE = "testmon-2.1.1"
ERROR = "sqlite3.OperationalError: attempt to write a readonly database"
VARIABLE = "TESTMON_XDIST_CONTROLLER_PRECREATION"


class Unexpected(Exception):
    """The story went another way."""


def say(text):
    print("\n" + textwrap.fill(" ".join(text.split()), 88), flush=True)


def excerpt(output):
    """The lines of pytest's output that tell what happened: the workers' tracebacks have two hundred."""
    told = [line for line in output.splitlines() if not line.startswith("INTERNALERROR>")]
    errors = [line for line in output.splitlines() if line.startswith("INTERNALERROR>")]
    reason = [line for line in errors if ERROR in line][:1] or errors[-1:]
    if errors:
        told = reason + ["[and {} more lines of tracebacks]".format(len(errors) - 1)] + told
    return "\n".join(told).strip("\n")


class Demo:
    def __init__(self, folder, executable, wheel):
        self.folder, self.executable, self.wheel = folder, executable, wheel
        self.venv, self.project = folder / "venv", folder / "project"
        self.environment = environments.clean_environment()
        self.environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
        self.environment["PATH"] = os.pathsep.join([str(self.venv / "bin"), self.environment.get("PATH", os.defpath)])

    def run(self, command, shown=None, **variables):
        """Runs a command in the project as if it were typed there, shows both, and returns its status and output."""
        assignments = "".join("{}={} ".format(*item) for item in variables.items())
        print("\n  $ {}{}".format(assignments, shown or shlex.join(command)), flush=True)
        environment = dict(self.environment, **variables)
        try:
            done = subprocess.run(
                [shutil.which(command[0], path=environment["PATH"]) or command[0]] + command[1:],
                cwd=self.project,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=120,
            )
        except FileNotFoundError:
            raise Unexpected("there is no command " + command[0])
        except subprocess.TimeoutExpired:
            raise Unexpected("this did not end within two minutes")
        if done.stdout:
            print(textwrap.indent(excerpt(done.stdout), "    "), flush=True)
        return done.returncode, done.stdout

    def pip(self, *arguments, shown=None):
        status, _ = self.run(["pip", "--quiet", *arguments], shown=shown or shlex.join(["pip", *arguments]))
        if status != 0:
            raise Unexpected("pip failed with exit status {}".format(status))

    def fails(self, *command):
        """A run that has to die of the error."""
        status, output = self.run(list(command))
        if status == 0 or ERROR not in output:
            raise Unexpected("this was to fail with `{}`, and exited with {}".format(ERROR, status))

    def passes(self, expected, *command, **variables):
        """A run in which `expected` tests have to run, and pass."""
        status, output = self.run(list(command), **variables)
        passed = re.search(r"(\d+) passed", output)
        passed = int(passed.group(1)) if passed else 0
        # Nothing to run is 0 or 5, as the release of pytest-testmon has it.
        if status not in ((0,) if expected else (0, 5)) or passed != expected or "INTERNALERROR" in output:
            raise Unexpected(
                "{} tests were to run and pass; {} did, and the exit status is {}".format(expected, passed, status)
            )
        if (self.project / ".testmon_xdist").exists():
            raise Unexpected("the run left its folder .testmon_xdist/ behind")

    def make_environment(self):
        self.project.mkdir()
        environments.make_environment(self.venv, environments.sections()[RELEASE])

    def make_project(self):
        (self.project / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
        sample_project.write(self.project)

    def tell(self):
        pytest = ["pytest", "--testmon", "-n", "2", "-q"]
        wrapped = ["testmon-xdist", "controller", "--", *pytest]
        on = {VARIABLE: "true"}

        say("A new Python environment with pytest-testmon 2.1.1 and pytest-xdist, and a small project: two modules, "
            "three tests for each.")
        self.make_environment()
        self.make_project()

        say("1. WITHOUT testmon-xdist. The first parallel run is fine:")
        self.passes(6, *pytest)
        say("Now install any package, and run the tests again:")
        self.pip("install", "six==1.16.0")
        self.fails(*pytest)
        say("That is the error. The workers try to note the changed environment in .testmondata, which they may only "
            "read. It doesn't heal, either:")
        self.fails(*pytest)

        say("2. WITH testmon-xdist installed, and one variable set. The same project, the same broken .testmondata:")
        self.pip("install", "--no-index", str(self.wheel), shown="pip install " + self.wheel.name)
        self.passes(6, *pytest, **on)
        say("All six ran, as they should: the environment had changed. Nothing has changed since, so there is nothing "
            "to run:")
        self.passes(0, *pytest, **on)
        say("testmon still selects what an edit affects, here three of the six:")
        self.run(["sed", "-i", "s/a + b/b + a/", "add.py"])
        self.passes(3, *pytest, **on)

        say("3. WITH testmon-xdist AS A WRAPPER, in an environment that knows nothing of it. Again a changed package, "
            "and again the error:")
        self.pip("uninstall", "--yes", "testmon-xdist")
        self.pip("install", "six==1.17.0")
        self.fails(*pytest)
        say("The same command, wrapped:")
        self.environment["PATH"] += os.pathsep + str(self.executable.parent)
        self.passes(6, *wrapped)
        self.passes(0, *wrapped)

        say("That's all: fails without, works with, on the same project.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--executable", type=pathlib.Path, required=True, help="the built testmon-xdist")
    parser.add_argument("--wheel", type=pathlib.Path, required=True, help="the built wheel")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="testmon-xdist-demo-") as folder:
        demo = Demo(pathlib.Path(folder).resolve(), options.executable.absolute(), options.wheel.absolute())
        try:
            demo.tell()
        except Unexpected as reason:
            sys.stdout.flush()
            sys.exit("\nThe demo did not go as it should: {}.".format(reason))


if __name__ == "__main__":
    main()
