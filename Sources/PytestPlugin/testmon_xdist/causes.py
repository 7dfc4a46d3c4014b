"""Why each test of a run runs, and how the executable is told.

A cause is a tuple: its kind, one of those of ``Cause`` in Swift; the file that it is in; and a name in that file.
"""
from . import durations, testmon_data, unknown_tests, xdist_api
from .nodeids import file_of

MOST_LETTERS = 1 << 22  # about, that the executable is told of the tests: it reads no endless lines


class Causes:
    """What the controlling pytest knows of a run's tests, from their selection to the run's end.

    :param data: testmon's, which has just made its selection
    """

    def __init__(self, config, data):
        self.config = config
        self.all_tests = data.all_tests
        self.stable = data.stable_test_names
        self.asked_workers = xdist_api.worker_count(config) if xdist_api.distributes(config) else 0
        self.by_test = {}  # of the known tests that are selected
        self.ran = {}  # by test, how long it took
        if config.testmon_config.select:
            for test, cause in _of_selection(config, data):
                self.by_test.setdefault(test, set()).add(cause)

    def selection(self):
        """What is to run and why, for the executable; None where that is nothing."""
        if not self.config.testmon_config.select or self.all_tests and not self.by_test:
            return None
        arguments = unknown_tests.Arguments(self.config)
        tests = [test for test in self.by_test if arguments.include(test)]
        if self.all_tests and not tests:
            return None
        groups = _groups((test, self.by_test[test]) for test in tests)
        causes = [_caused(cause, caused) for cause, caused in groups.items()]
        return _selection(len(self.all_tests), len(tests), causes)

    def note(self, test, seconds):
        """Notes that a test has run, or a part of it."""
        self.ran[test] = self.ran.get(test, 0.0) + seconds

    def of_run(self, gone, runs_all):
        """What ran and why, and what was not needed, for the executable.

        :param gone: known tests that are no more
        :param runs_all: whether the workers run all tests, because their Pythons differ from this one
        """
        known_files = {file_of(test) for test in self.all_tests} if self.ran else set()
        groups = _groups((test, self._of(test, runs_all, known_files)) for test in self.ran)
        left_out = [test for test in self.by_test if test not in self.ran and test not in gone]
        if left_out:
            groups["left_out", None, None] = left_out
            for cause in {cause for test in left_out for cause in self.by_test[test]}:
                groups.setdefault(cause, [])  # told, though it made no test run
        places = {}  # by test, its place in the list of all
        for tests in groups.values():
            for test in tests:
                places.setdefault(test, len(places))
        letters = sum(map(len, places)) + 8 * sum(map(len, groups.values()))
        if letters > MOST_LETTERS:
            places = {}
        return {
            "all_tests": len(self.all_tests),
            "ran": _amount(self.ran.values()),
            "not_needed": _amount([] if runs_all else self._not_needed()),
            "asked_workers": self.asked_workers,
            "tests": list(places),
            "causes": [_caused(cause, tests, places) for cause, tests in groups.items()],
        }

    def _of(self, test, runs_all, known_files):
        if runs_all:
            return [("workers", None, None)]
        if not self.config.testmon_config.select:
            return [("asked", None, None)]
        if test in self.by_test:
            return self.by_test[test]
        if not self.all_tests:
            return [("everything", None, None)]
        if test in self.all_tests:
            return [("unknown", None, None)]
        file = file_of(test)
        return [("new_test" if file in known_files else "new_file", file, None)]

    def _not_needed(self):
        """How long the tests took that would have run without testmon, and didn't run."""
        if not self.config.testmon_config.select:
            return []
        arguments = unknown_tests.Arguments(self.config)
        # By the names alone: a run with nothing to do looks at all tests here.
        asks_for_all = "." in arguments.names
        leaves_out = arguments.ignored or arguments.ignored_globs or arguments.deselected
        return [
            durations.seconds(row["duration"]) or 0.0
            for test, row in self.all_tests.items()
            if test in self.stable
            and (asks_for_all or arguments.ask_for(test))
            and test not in self.ran
            and not (leaves_out and arguments.leave_out(test))
        ]


def _of_selection(config, data):
    found = set()
    failed = testmon_data.failed_tests(data)
    crashed = testmon_data.crashed_tests(data, failed)
    for test in crashed:
        yield test, ("crashed", None, None)
    if data.unstable_test_names:
        from . import changes

        for test, cause in changes.causes(config, data):
            if test in data.unstable_test_names and test not in crashed:
                found.add(test)
                yield test, cause
        for test in set(data.unstable_test_names) - found - crashed:
            yield test, ("doubted", None, None)
    for test in failed - crashed:
        yield test, ("failed", None, None)


def _groups(causes_of_tests):
    groups = {}
    for test, causes in causes_of_tests:
        for cause in causes:
            groups.setdefault(cause, []).append(test)
    return groups


# Dictionaries, because to make a type takes longer than all else that a run with nothing to do needs of these.


def _caused(cause, tests, places=()):
    """A cause, and the tests that it made run: how many, and, where it is told, which.

    :param places: by test, its place in the list of all
    """
    kind, file, name = cause
    return {
        "kind": kind,
        "file": file,
        "name": name,
        "count": len(tests),
        "tests": [places[test] for test in tests if test in places],
    }


def _selection(all_tests, tests, causes):
    """What testmon has selected of the tests that it knows.

    :param all_tests: how many it knows
    :param tests: how many are to run
    """
    return {"selection": {"all_tests": all_tests, "tests": tests, "causes": causes}}


def _amount(durations):
    return {"tests": len(durations), "seconds": sum(durations), "longest": max(durations, default=0.0)}
