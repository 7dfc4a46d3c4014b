"""How long tests take, by what testmon has recorded."""
from .nodeids import file_of

LEAST = 0.001  # seconds: what reporting a test takes
MOST = 1e9  # seconds, 30 years: more is damage


def seconds(recorded):
    """What a data file has as a test's duration, in seconds; None where it is none."""
    try:
        return float(recorded) if 0 <= recorded <= MOST else None
    except TypeError:  # the test has never ended
        return None


class Durations:
    """How long each test takes, in seconds. One that nobody knows counts as those of its file do on average, else as all.

    :param tests: testmon's ``all_tests``
    """

    def __init__(self, tests):
        self.known = {}
        for test, row in tests.items():
            duration = seconds(row["duration"])
            if duration is not None:
                self.known[test] = duration
        self.average = _average(self.known.values())
        by_file = {}
        for test, duration in self.known.items():
            by_file.setdefault(file_of(test), []).append(duration)
        self.averages = {file: _average(durations) for file, durations in by_file.items()}

    def of(self, test):
        if test in self.known:
            return self.known[test]
        return self.averages.get(file_of(test), self.average)


def _average(numbers):
    return sum(numbers) / len(numbers) if numbers else 0.0
