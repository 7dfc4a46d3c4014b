"""How testmon's data file is opened in a coordinated run: in place of ``testmon.db``."""
import inspect
from urllib.parse import quote

import pytest

from . import messages, testmon_data
from .text import own_python


class DataAccess:
    """The data is opened with the environment that was prepared, to be written.

    While this context is entered, testmon opens data files so; nothing else of testmon is touched, for a test may use
    testmon, too.

    :param environment: a ``border.PreparedEnvironment``
    :param doubts_unmarked: whether only what coordinated runs have recorded is to be believed
    """

    is_reader = False
    is_in_memory = False
    created = False  # whether this run has made the data file
    marks_tests = False  # whether what is recorded is marked as a coordinated run's

    def __init__(self, environment, doubts_unmarked):
        try:
            from testmon import db
        except ImportError:  # 1.0, for example
            db = None
        found = getattr(db, "DATA_VERSION", None)
        if found != environment.data_version:
            raise pytest.UsageError(
                "testmon-xdist: this Python's testmon has data version %s, but the run was prepared for %s; "
                "use the same pytest-testmon for the controller and its workers; this one's release: %s -m pip show "
                "pytest-testmon" % (found, environment.data_version, own_python())
            )
        self.environment = environment
        self.doubts_unmarked = doubts_unmarked
        self.tests_again = 0  # how many tests run because of such doubts
        self.db = db
        self.replaced = (db.DB, db.connect)

    def __enter__(self):
        self.db.DB, self.db.connect = self.db_class(), self.connect

    def __exit__(self, *_exception):
        self.db.DB, self.db.connect = self.replaced

    def connect(self, datafile, readonly=False):
        connect = self.replaced[1]
        if self.is_in_memory:
            connection = connect(":memory:")
            connection.execute("PRAGMA user_version = %d" % self.db.DATA_VERSION)  # or testmon takes it for an old file
            return connection
        # testmon puts the path into a URI as it is: '?', '#' and '%' in it would name another file.
        return connect(quote(datafile), readonly=readonly or self.is_reader)

    def data_class(self):
        return testmon_data.recorded_class(self)

    def db_class(self):
        access, DB = self, self.replaced[0]
        takes_readonly = "readonly" in inspect.signature(DB.__init__).parameters  # from 2.0.14 on

        class PreparedDB(DB):
            def __init__(self, datafile, readonly=False):
                path = ":memory:" if access.is_in_memory else access.environment.database_path
                if takes_readonly:
                    super().__init__(path, readonly=readonly or access.is_reader)
                else:
                    super().__init__(path)
                    if access.is_reader:
                        self.con.executescript(_shadows(self.con))
                if access.marks_tests:
                    mark_recorded(self.con)
                self.file_created = access.created
                messages.debug("opened %s to be %s", path, "read" if access.is_reader else "written")

            def initiate_execution(self, name, packages, python, *_args):
                environment = access.environment.environment_id
                return {
                    "exec_id": environment,
                    "filenames": self.all_filenames() if access.db.DATA_VERSION >= 12 else self.filenames(environment),
                    "packages_changed": access.environment.packages_changed,
                }

            changed_files = ()  # those whose contents the data doesn't know

            def determine_tests(self, exec_id, files_mhashes):
                self.changed_files = set(files_mhashes)
                return super().determine_tests(exec_id, files_mhashes)

            def write_attribute(self, *args, **kwargs):
                if not access.is_reader:
                    super().write_attribute(*args, **kwargs)

        return PreparedDB


class RecordingAccess(DataAccess):
    """How the controlling pytest opens the data.

    :param answer: the executable's, a ``border.Answer``
    :param when_selected: is called with testmon's data as soon as it has selected the tests to run
    """

    def __init__(self, answer, doubts_unmarked, when_selected):
        super().__init__(answer.environment, doubts_unmarked)
        self.when_selected = when_selected
        self.created = answer.run.created
        self.marks_tests = answer.run.marks_tests


class ReaderAccess(DataAccess):
    """How a reader opens the data: it never writes.

    :param selection: what the controlling pytest has found out, if it is handed over
    :param is_here: whether there is a data file; else all that counts has been handed over
    """

    is_reader = True

    def __init__(self, environment, doubts_unmarked, selection=None, is_here=True):
        super().__init__(environment, doubts_unmarked)
        self.selection = selection
        self.is_in_memory = not is_here

    def data_class(self):
        return testmon_data.read_class(self)


def _shadows(connection):
    """Temporary tables in the place of those that releases up to 2.0.13 write to while they select.

    A temporary table or view is found before one of the same name in the file, see
    https://www.sqlite.org/lang_naming.html.
    """
    scratch = "mcall_id temp_files_checksums temp_filenames changed_files_fshas changed_files_mhashes".split()
    tables = connection.execute(
        "SELECT sql FROM main.sqlite_master WHERE type = 'table' AND name IN (%s)" % ", ".join("?" * len(scratch)), scratch
    )
    statements = [row[0].replace("CREATE TABLE", "CREATE TEMPORARY TABLE", 1) for row in tables]
    # UPDATE test_execution SET forced = NULL: which tests were run though nothing had changed is the controller's to say.
    statements += [
        "CREATE TEMPORARY VIEW test_execution AS SELECT * FROM main.test_execution",
        "CREATE TEMPORARY TRIGGER test_execution_is_read INSTEAD OF UPDATE ON test_execution BEGIN SELECT 1; END",
    ]
    return "; ".join(statements)


def mark_recorded(connection):
    """Marks each test that is recorded through this connection. The mark goes with its row, whoever records it next."""
    connection.execute(
        "CREATE TEMPORARY TRIGGER testmon_xdist_record AFTER INSERT ON main.test_execution "
        "BEGIN INSERT OR IGNORE INTO testmon_xdist_recorded VALUES (new.id); END"
    )
