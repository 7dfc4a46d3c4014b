"""How far the tests are, for whoever looks with ``testmon-xdist status``."""
import os
import time

import pytest

from . import xdist_api
from .durations import LEAST, Durations

FOLDER, FILE = ".testmon_xdist", "progress.json"  # the run's folder, which the executable has made, and clears
FORM = '{"run_id": "%s", "timestamp": %.3f, "tests": {"done": %d, "selected": %d, "failed": %d, "seconds_left": %s}}'
SIZE = 250  # bytes of the file: whatever it says, it is as long
INTERVAL = 0.5  # seconds from one estimate of what is left to the next
TRUST = 1.0  # seconds of tests after which the pace of this run counts as much as that of earlier ones


class Progress:
    """Hooks of the controlling pytest that count tests, and write the count into a file.

    :param known: what is recorded of the tests, as testmon's ``all_tests``
    :param names: the own names of tests that xdist has renamed, by the new ones
    """

    def __init__(self, rootdir, run_id, known, names):
        self.rootdir = rootdir
        self.run_id = run_id
        self.known = known
        self.durations = None  # of ``known``, as soon as anybody has made them
        self.names = names
        self.file = None
        self.tests = ()  # that run
        self.runs_of_each = 1  # with `--dist each` every worker runs all tests
        self.workers = set()
        self.done = 0
        self.failed = set()
        self.running = {}  # when each began
        self.ended = []  # those that ``pace`` doesn't know of yet
        self.pace = None
        self.begun = self.due = 0.0  # when the first test began, and when ``left`` is to be estimated anew
        self.left = "null"
        self.estimated = 0.0  # when ``left`` was, as a time of day

    @pytest.hookimpl(optionalhook=True, trylast=True)
    def pytest_xdist_node_collection_finished(self, node, ids):
        self.workers.add(node.gateway.id)
        if node.config.option.dist == "each":
            self.runs_of_each = len(self.workers)
        elif self.tests:
            return
        self._begin(ids)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session):
        if not session.config.option.collectonly:
            self._begin([item.nodeid for item in session.items])

    def _begin(self, tests):
        self.tests = tests
        if tests and self.file is None:
            self.file = _make_file(self.rootdir)
        self._write()

    def pytest_runtest_logstart(self, nodeid):
        self.running[nodeid] = time.monotonic()
        self.begun = self.begun or self.running[nodeid]

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.failed.add(report.nodeid)
        if xdist_api.is_crash(report):
            self._end(report.nodeid)

    def pytest_runtest_logfinish(self, nodeid):
        self._end(nodeid)

    def _end(self, test):
        self.done += 1
        self.running.pop(test, None)
        self.ended.append(test)
        self._write()

    def _write(self):
        if self.file is None:
            return
        now = time.monotonic()
        if now >= self.due:
            left = self._seconds_left(now)
            self.left = "null" if left is None else "%.1f" % left
            self.estimated, self.due = time.time(), now + INTERVAL
        selected = max(len(self.tests) * self.runs_of_each, self.done)  # whatever other plugins may run besides
        failed = min(len(self.failed), self.done)
        text = FORM % (self.run_id, self.estimated, self.done, selected, failed, self.left)
        try:
            os.pwrite(self.file, text.ljust(SIZE).encode(), 0)  # at once: whoever looks sees all of it
        except OSError:  # a full disk
            self.close()

    def _seconds_left(self, now):
        if self.pace is None:
            if self.durations is None and self.done == 0:
                return None  # a short run is over before anybody asks
            self.durations = self.durations or Durations(self.known)
            self.pace = _Pace(self.durations, self.names, self.tests, self.runs_of_each)
        for test in self.ended:
            self.pace.end(test)
        self.ended.clear()
        running = [(test, now - begun) for test, begun in self.running.items()]
        return self.pace.seconds_left(running, now - (self.begun or now), len(self.workers) or 1)

    def close(self):
        if self.file is not None:
            os.close(self.file)
        self.file = None


def _make_file(rootdir):
    """Makes the file, and returns it open; None where it can't be made."""
    try:
        folder = os.open(os.path.join(rootdir, FOLDER), os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            return os.open(FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder)
        finally:
            os.close(folder)
    except OSError:  # the controller has died, for example
        return None


class _Pace:
    """How long what is left takes: by how long the tests took in earlier runs, and how fast this one is.

    Where nobody knows how long they take, all count alike.
    """

    def __init__(self, durations, names, tests, runs_of_each):
        self.names = names
        self.seconds_of = durations.of if durations.known else lambda test: 1.0
        self.is_known = bool(durations.known)
        self.left = runs_of_each * sum(self._seconds(test) for test in tests)
        self.done = 0.0

    def _seconds(self, test):
        return max(self.seconds_of(self.names.get(test, test)), LEAST)

    def end(self, test):
        self.left -= self._seconds(test)
        self.done += self._seconds(test)

    def seconds_left(self, running, elapsed, workers):
        """None where it can't be told yet.

        :param running: the tests that have begun, each with the seconds since then
        """
        if not self.is_known:
            return elapsed * self.left / self.done if self.done else None
        parts = [(self._seconds(test), seconds) for test, seconds in running]
        begun = sum(min(whole, seconds) for whole, seconds in parts)
        pace = (self.done + begun + workers * TRUST) / (elapsed + TRUST)
        longest = max((whole - seconds for whole, seconds in parts), default=0.0)
        return max((self.left - begun) / pace, longest, 0.0)
