"""Commands that are run in turn (A B A B ...), so that a busy machine slows all alike, and what comes out of it."""

import dataclasses
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time


class Failed(Exception):
    """Something could not be measured."""


@dataclasses.dataclass
class Sample:
    wall: float  # milliseconds from start to exit
    cpu: float  # milliseconds of processor time, of all its processes


class Command:
    """Something to run, time and again.

    :param before: called before each run; its time doesn't count
    """

    def __init__(self, label, argv, environment, folder=None, statuses=(0,), before=None):
        self.label, self.argv, self.environment = label, [str(word) for word in argv], environment
        self.folder, self.statuses, self.before = str(folder or os.getcwd()), statuses, before
        self.samples = []

    def run(self):
        if self.before is not None:
            self.before()
        os.chdir(self.folder)
        files = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
        start = time.perf_counter_ns()
        child = os.posix_spawn(self.argv[0], self.argv, self.environment, file_actions=files)
        _, status, usage = os.wait4(child, 0)
        elapsed = time.perf_counter_ns() - start
        self.check(os.waitstatus_to_exitcode(status))
        return Sample(elapsed / 1e6, (usage.ru_utime + usage.ru_stime) * 1e3)

    def output(self):
        """Runs it, and returns what it prints."""
        if self.before is not None:
            self.before()
        done = subprocess.run(self.argv, env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        self.check(done.returncode, done.stdout)
        return done.stdout

    def check(self, status, output=""):
        if status not in self.statuses:
            raise Failed("{} exited with {} in {}: {}\n{}".format(
                self.label, status, self.folder, " ".join(self.argv), output[-3000:]))

    def system_calls(self):
        """How many it makes, in all its processes; None where there is no strace."""
        strace = shutil.which("strace")
        if strace is None:
            return None
        with tempfile.NamedTemporaryFile("r") as counts:
            traced = Command(self.label, [strace, "-f", "-c", "-o", counts.name, *self.argv], self.environment,
                             self.folder, self.statuses, self.before)
            traced.run()
            # "% time, seconds, usecs/call, calls, errors": the last line has the sums.
            return int(counts.read().splitlines()[-1].split()[3])


def in_turn(commands, rounds, warm_up=1):
    """Runs the commands in turn; each round begins with another one."""
    for number in range(-warm_up, rounds):
        first = number % len(commands)
        for command in commands[first:] + commands[:first]:
            sample = command.run()
            if number >= 0:
                command.samples.append(sample)


@dataclasses.dataclass
class Comparison:
    """Paired: each of our samples with the rival's of the same round."""

    ours: list
    rivals: list

    def median(self):
        return statistics.median(self.ours), statistics.median(self.rivals)

    def ratio(self):
        """The median of the ratios, and where it lies with 95 % confidence, by drawing the rounds anew (bootstrap)."""
        return self._of(lambda pair: pair[0] / pair[1])

    def difference(self):
        return self._of(lambda pair: pair[0] - pair[1])

    def _of(self, combine):
        values = [combine(pair) for pair in zip(self.ours, self.rivals)]
        if len(values) < 3:
            return statistics.median(values), min(values), max(values)
        draw = random.Random(0)
        medians = sorted(statistics.median(draw.choices(values, k=len(values))) for _ in range(2000))
        return statistics.median(values), medians[50], medians[-51]


def compare(ours, rival, what="wall"):
    """Two commands' samples."""
    return Comparison([getattr(one, what) for one in ours.samples], [getattr(one, what) for one in rival.samples])
