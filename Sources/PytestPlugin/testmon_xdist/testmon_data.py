"""What testmon knows of the tests, as a coordinated run reads and records it: in place of ``TestmonData``."""
import time

from .nodeids import file_of

TESTS_AT_ONCE = 250  # written in one transaction
WRITE_INTERVAL = 1.0  # seconds after which what was recorded is written


def recorded_class(access):
    """Data to be recorded, by the controlling pytest alone.

    :param access: the ``testmon_db.DataAccess`` that opens it
    """

    class RecordedData(_base(access)):
        known_tests = None  # what ``all_tests`` has read

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.unwritten = {}
            self.written_at = time.monotonic()

        @property
        def all_tests(self):
            """testmon reads them from the data file each time that it asks, which is several times a run."""
            if self.known_tests is None:
                self.known_tests = super().all_tests
            return self.known_tests

        def determine_stable(self, *args, **kwargs):
            super().determine_stable(*args, **kwargs)
            access.when_selected(self)

        def save_test_execution_file_fps(self, executions):
            # Each test's comes by itself; a transaction for each would take longer than the test does.
            self.unwritten.update(executions)
            if len(self.unwritten) >= TESTS_AT_ONCE or time.monotonic() - self.written_at >= WRITE_INTERVAL:
                self.write()

        def write(self):
            self.written_at = time.monotonic()
            if self.unwritten:
                super().save_test_execution_file_fps(self.unwritten)
                self.unwritten = {}
                self.known_tests = None

        def close(self):
            """testmon leaves its connection open, and with it, where other plugins keep it alive, what is in -wal."""
            self.write()
            self.db.con.close()

        def sync_db_fs_tests(self, retain):
            pass  # what was collected tells better: see ``collection``

        def add_tests(self, tests):
            """Records that there are such tests, so that they run when nothing else has run them."""
            if tests:
                self._sync(set(self.all_tests).union(tests, self.unwritten))

        def remove_tests(self, tests):
            if tests:
                self._sync(set(self.all_tests).difference(tests))

        def owe_tests(self, tests):
            """Takes the tests for new and failed, for their process died of them: see ``crashed_tests``."""
            self.write()
            # testmon adds only those of Python files again.
            with self.db:
                self.db.delete_test_executions([test for test in tests if file_of(test).endswith(".py")], self.exec_id)
            self.known_tests = None
            self._sync(set(self.all_tests).union(tests))
            with self.db:
                self.db.con.executemany(
                    "UPDATE test_execution SET failed = 1, duration = NULL WHERE environment_id = ? AND test_name = ?",
                    [(self.exec_id, test) for test in tests],
                )
            self.known_tests = None

        def _sync(self, retain):
            self.write()
            super().sync_db_fs_tests(retain=retain)
            self.known_tests = None
            self.write()

    return RecordedData


def read_class(access):
    """Data that is only read; with a selection that was handed over, not even that."""

    class ReadData(_base(access)):
        def sync_db_fs_tests(self, retain):
            pass

    if access.selection is None:
        return ReadData

    class SelectedData(ReadData):
        def determine_stable(self, *_args, **_kwargs):
            for name, value in access.selection.items():
                if name != "all_tests":
                    setattr(self, name, set(value))

        @property
        def all_tests(self):
            return access.selection["all_tests"]

    return SelectedData


def selection(data):
    """What ``determine_stable`` has found, and what tests are sorted by: for readers."""
    names = ("unstable_test_names", "stable_test_names", "unstable_files", "stable_files", "all_files", "failing_tests")
    found = {name: sorted(getattr(data, name)) for name in names if hasattr(data, name)}
    found["all_tests"] = {name: dict(test) for name, test in data.all_tests.items()}
    return found


def failed_tests(data):
    """The tests that failed when they ran last."""
    return {test for test, row in data.all_tests.items() if row["failed"]}


def crashed_tests(data, among):
    """Of the known tests, those whose process died of them when they ran last: they failed, after a time that nobody knows."""
    rows = data.all_tests
    return {test for test in among if rows[test]["failed"] and rows[test]["duration"] is None}


def timed_tests(data):
    """What tells how long tests take, as ``all_tests``. Where packages have changed all are new, but take as long as before."""
    return data.all_tests or _tests_of_all_environments(data)


def _tests_of_all_environments(data):
    """The newest one's count."""
    rows = data.db.con.execute("SELECT test_name, duration FROM test_execution ORDER BY id")
    return {test: {"duration": duration} for test, duration in rows}


def selected_tests(data):
    """Which of the known tests testmon runs: the affected ones, and those that have failed."""
    failed = failed_tests(data)
    return [test for test in data.all_tests if test in failed or test in data.unstable_test_names]


def describe_doubts(access, config):
    """What the header says of the tests that aren't believed."""
    if not access.tests_again or not config.testmon_config.select:  # without a selection all that is asked for runs anyway
        return ""
    return "; %s again: maybe recorded by coverage's sysmon core, which can't tell tests apart" % (
        "1 test runs" if access.tests_again == 1 else "%d tests run" % access.tests_again
    )


def _base(access):
    from testmon.testmon_core import TestmonData

    return _doubting_class(TestmonData, access) if access.doubts_unmarked else TestmonData


def _doubting_class(TestmonData, access):
    """Data of which only what coordinated runs have recorded is believed: testmon alone can't tell tests apart here.

    The rest counts as affected until it is recorded again.
    """

    class DoubtedData(TestmonData):
        def determine_stable(self, *args, **kwargs):
            super().determine_stable(*args, **kwargs)
            again = self.stable_test_names & _unmarked(self.db.con, access.environment.environment_id)
            self.stable_test_names -= again
            self.unstable_test_names |= again
            files = {file_of(name) for name in again}
            self.stable_files -= files
            self.unstable_files |= files
            access.tests_again = len(again)

    return DoubtedData


def _unmarked(connection, environment):
    """The names of the tests that no coordinated run has recorded; without a table of the marks, all."""
    query = "SELECT test_name FROM test_execution WHERE environment_id = ?"
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'testmon_xdist_recorded'").fetchone():
        query += " AND id NOT IN (SELECT test_execution_id FROM testmon_xdist_recorded)"
    return {row[0] for row in connection.execute(query, (environment,))}
