#!/usr/bin/env python3
"""What testmon-xdist costs, measured side by side and in turn (A B A B ...), so that a busy machine slows all alike.

First, from start to exit of `testmon-xdist --version` against /bin/true. Second, of `pytest --testmon -n 4` in a small
project in which nothing has changed, with and without coordination. A goal that is missed is told, and is no failure:
exit status 1 means that something could not be measured.
"""

import argparse
import itertools
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

import environments

VARIABLE = "TESTMON_XDIST_CONTROLLER_PRECREATION"
HISTORY = ".pytest_cache/d/testmon-xdist/history.db"
TESTS = """\
import pytest
from lib import {name}


@pytest.mark.parametrize("i", range(20))
def test_{name}(i):
    assert {name}(i, 2) is not None
"""


class Command:
    """Something to run, time and again; `times` in milliseconds."""

    def __init__(self, label, argv, environment, folder=None, statuses=(0,)):
        self.label, self.argv, self.environment = label, [str(word) for word in argv], environment
        self.folder, self.statuses = folder or os.getcwd(), statuses
        self.times = []

    def run(self):
        os.chdir(self.folder)
        files = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
        start = time.perf_counter_ns()
        child = os.posix_spawn(self.argv[0], self.argv, self.environment, file_actions=files)
        _, status = os.waitpid(child, 0)
        elapsed = time.perf_counter_ns() - start
        status = os.waitstatus_to_exitcode(status)
        if status not in self.statuses:
            sys.exit("bench.py: {} exited with {}: {}".format(self.label, status, " ".join(self.argv)))
        return elapsed / 1e6


def measure(commands, rounds, warm_up):
    """Runs the commands in turn, `rounds` times, after some rounds that don't count. Who comes first changes."""
    for number in range(-warm_up, rounds):
        for command in commands if number % 2 == 0 else reversed(commands):
            elapsed = command.run()
            if number >= 0:
                command.times.append(elapsed)


def report(commands, digits):
    """Prints what was measured, each command beside the first one."""
    width = max(len(command.label) for command in commands)
    for command in commands:
        figures = statistics.median(command.times), min(command.times), max(command.times)
        print("  {:{}}  median {:.{d}f} ms, {:.{d}f} to {:.{d}f}".format(command.label, width, *figures, d=digits))
    base = commands[0]
    for command in commands[1:]:
        print("  {:{}}  ratio of medians {:.3f}, median of the paired ratios {:.3f}".format(
            command.label, width, ratio(command, base), paired(command, base, lambda ours, theirs: ours / theirs)))


def ratio(command, base):
    return statistics.median(command.times) / statistics.median(base.times)


def paired(command, base, compare):
    return statistics.median(itertools.starmap(compare, zip(command.times, base.times)))


def interval(command, base):
    """The difference of the medians with 95 % confidence, by drawing the rounds anew (bootstrap)."""
    rounds, draw = list(zip(command.times, base.times)), random.Random(0)
    differences = []
    for _ in range(2000):
        ours, theirs = zip(*draw.choices(rounds, k=len(rounds)))
        differences.append(statistics.median(ours) - statistics.median(theirs))
    percentiles = statistics.quantiles(differences, n=40)
    return percentiles[0], percentiles[-1]


def goal(text, met, unsure=False):
    verdict = ("met" if met else "MISSED") + (", but too noisy to be sure" if unsure else "")
    print("  goal: {}: {}\n".format(text, verdict), flush=True)


def bench_start(executable, rounds):
    print("Start to exit, {} runs each:".format(rounds), flush=True)
    environment = environments.clean_environment()
    true = Command("/bin/true", ["/bin/true"], environment)
    ours = Command("testmon-xdist --version", [executable, "--version"], environment)
    measure([true, ours], rounds, warm_up=20)
    report([true, ours], 3)
    goal("at most 1.3 times /bin/true", ratio(ours, true) <= 1.3)


def make_project(folder):
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    (folder / "lib.py").write_text("def add(a, b):\n    return a + b\n\n\ndef mul(a, b):\n    return a * b\n")
    for name in "add", "mul":
        (folder / "test_{}.py".format(name)).write_text(TESTS.format(name=name))


def warm(command):
    """The first two runs: one that runs all 40 tests, and one that finds nothing to do, as all that follow."""
    for expected in "40 passed", "no tests ran":
        done = subprocess.run(command.argv, env=command.environment, cwd=command.folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode not in command.statuses or expected not in done.stdout:
            sys.exit("bench.py: {}: exit status {} and not '{}':\n{}".format(
                command.label, done.returncode, expected, done.stdout))


def bench_run(venv, wheel, rounds, folder):
    print("pytest --testmon -n 4, {}, nothing changed, {} runs each:".format(venv.name, rounds), flush=True)
    # The environment is shared with others: what is to be in it goes into a folder beside it.
    site = folder / "site"
    subprocess.run([venv / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check", "install",
                    "--no-index", "--no-deps", "--target", site, wheel],
                   env=environments.clean_environment(), stdin=subprocess.DEVNULL, check=True)
    plain = environments.clean_environment()
    plain["PATH"] = os.pathsep.join([str(venv / "bin"), plain.get("PATH", os.defpath)])
    installed = dict(plain, PYTHONPATH=str(site), PATH=os.pathsep.join([str(site / "bin"), plain["PATH"]]))
    on = dict(installed, **{VARIABLE: "true"})

    commands = []
    for label, environment in ("without", plain), ("installed, off", installed), ("coordinated", on):
        project = folder / label.replace(", ", "-")
        make_project(project)
        argv = [venv / "bin" / "pytest", "--testmon", "-n", "4"]
        # Nothing to run is 0 or 5, as the release of pytest-testmon has it.
        command = Command(label, argv, environment, folder=project, statuses=(0, 5))
        warm(command)
        if (project / HISTORY).exists() != (environment is on):
            sys.exit("bench.py: {}: {} {}".format(
                label, "there should be no" if environment is not on else "there is no", HISTORY))
        commands.append(command)
    measure(commands, rounds, warm_up=1)
    report(commands, 0)

    without, _, coordinated = commands
    median = statistics.median(without.times)
    added = statistics.median(coordinated.times) - median
    allowed = max(0.03 * median, 30)
    low, high = interval(coordinated, without)
    print("  coordination adds {:.0f} ms to the median, 95 % sure between {:.0f} and {:.0f} ms".format(added, low, high))
    print("  median of the paired differences {:.0f} ms".format(
        paired(coordinated, without, lambda ours, theirs: ours - theirs)))
    goal("adds at most 3 % or 30 ms, whichever is more (here {:.0f} ms)".format(allowed), added <= allowed,
         unsure=low <= allowed < high)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--executable", type=pathlib.Path, required=True, help="the built testmon-xdist")
    parser.add_argument("--wheel", type=pathlib.Path, required=True, help="the built wheel")
    parser.add_argument("--venv", type=pathlib.Path, required=True, help="an environment with pytest-testmon and -xdist")
    parser.add_argument("--starts", type=int, default=500, metavar="N", help="runs of --version (%(default)s)")
    parser.add_argument("--runs", type=int, default=20, metavar="N", help="runs of pytest (%(default)s)")
    options = parser.parse_args()
    # What a goal says is about medians, which one slow start (a cold cache, a neighbour's build) does not move.
    bench_start(options.executable.absolute(), options.starts)
    with tempfile.TemporaryDirectory(prefix="testmon-xdist-bench-") as folder:
        bench_run(options.venv.absolute(), options.wheel.absolute(), options.runs, pathlib.Path(folder).resolve())
        os.chdir("/")


if __name__ == "__main__":
    main()
