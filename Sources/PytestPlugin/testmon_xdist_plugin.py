"""The pytest plugin of testmon-xdist: an adapter between pytest, pytest-testmon and the testmon-xdist executable.

It asks pytest and testmon for facts, hands them to the executable, and applies the answer. What to do with a data file
is decided in the executable. A pytest that uses testmon is one of three:

- an xdist *worker*, or a pytest below ``testmon-xdist worker ID -- ...``: a strict reader;
- any other, with or without workers: the *controlling* pytest. It starts ``testmon-xdist controller --companion``, which
  prepares the data file and lives as long as this process does, and hands what that answers to its workers.

A run without workers needs it, too: testmon by itself might record in the row of another environment, or delete it.

Run as a script (``python -c SOURCE ROOTDIR``) it prints as JSON what the controlling pytest would tell.
"""
import argparse
import contextlib
import json
import os
import re
import sys
import time

import pytest

WRAPPER = "testmon-xdist-wrapper"  # the distribution as which a wrapped command's Python sees this file
HANDOVER = "testmon_xdist"  # the key in xdist's workerinput
SWITCH = "TESTMON_XDIST_CONTROLLER_PRECREATION"
CRASHED = "???"  # `when` of the report that xdist makes of a test during which its worker died
TESTS_AT_ONCE = 250  # written in one transaction
WRITE_INTERVAL = 1.0  # seconds after which what was recorded is written
PATIENCE = 30  # how long the controller may take to end, in seconds
PROTOCOL = 1  # of the messages between this plugin and the executable


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    testmon = sys.modules.get("testmon.pytest_testmon")
    if testmon is None:
        return
    workerinput = getattr(config, "workerinput", None)
    if workerinput is not None:
        run = workerinput.get(HANDOVER)
        if run:
            _hide_wrapper(config)
            if not run["is_here"]:
                _remove_from_variable("PYTEST_PLUGINS", ",", __name__)  # what the tests start doesn't have it
            if run["runs_all"]:
                vars(config.option)["no-testmon"] = True
                return
            _allow_no_cache(config)
            _skip_packages(config, testmon)
            _before_data(config, testmon, lambda arguments: _read_as_worker(config, testmon, run))
    elif os.environ.get("TESTMON_XDIST_WORKER_ID"):
        _use_given_environment(config)
        _allow_no_cache(config)
        config.option.testmon_nocollect = True  # a reader stores nothing
        _before_data(config, testmon, lambda arguments: _read_below_command(config))
    elif _may_be_on(config):
        _use_given_environment(config)
        _allow_no_cache(config)
        _before_data(config, testmon, lambda arguments: _control(config, testmon, arguments))


def _use_given_environment(config):
    """Takes the environment that the controller's command line asked for."""
    if os.environ.get("TESTMON_XDIST_ENVIRONMENT") and not config.option.environment_expression:
        config.option.environment_expression = os.environ["TESTMON_XDIST_ENVIRONMENT"]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session):
    _hide_wrapper(session.config)


def _before_data(config, testmon, action):
    """Calls ``action`` when testmon, found active, is about to open its data file: with what it has found out."""
    if _is_known(testmon):
        _replace_until_start(config, testmon, "TestmonData", _Gate(testmon.TestmonData, action))
        return
    options = ("testmon", "testmon_noselect", "testmon_nocollect", "testmon_forceselect")
    if any(getattr(config.option, name, False) for name in options) and not getattr(config.option, "no-testmon", False):
        action(None)


def _is_known(testmon):
    """Whether this testmon opens its data in one of the two ways that the gate stands in: 1.x doesn't."""
    import inspect

    data = getattr(testmon, "TestmonData", None)
    if hasattr(data, "for_local_run"):  # from 2.2.0 on
        return hasattr(data, "for_worker")
    return data is not None and "system_packages" in inspect.signature(data).parameters


class _Gate:
    """Stands for testmon's ``TestmonData``, which is made by calling it or, from 2.2.0 on, a method of it.

    ``action`` may return a ``_DataAccess``: the data is then opened as that says.
    """

    def __init__(self, real, action):
        self.real = real
        self.action = action

    def __call__(self, **arguments):
        return self._make("__call__", arguments)

    def for_local_run(self, **arguments):
        return self._make("for_local_run", arguments)

    def for_worker(self, **arguments):
        return self._make("for_worker", arguments)

    def _make(self, method, arguments):
        packages = arguments.get("system_packages")
        if packages:
            kept = [package for package in packages.split(", ") if not package.startswith(WRAPPER + " ")]
            arguments["system_packages"] = ", ".join(kept)
        # Where there is a database, the data is testmon.net's.
        access = None if arguments.get("database") else self.action(arguments)
        if access is None:
            return self._call(self.real, method, arguments)
        with access:
            return self._call(access.data_class(), method, arguments)

    @staticmethod
    def _call(owner, method, arguments):
        return owner(**arguments) if method == "__call__" else getattr(owner, method)(**arguments)


def _skip_packages(config, testmon):
    """Only the given environment counts in a reader: what is installed needn't be looked up, which is slow."""
    if hasattr(testmon, "get_system_packages"):
        _replace_until_start(config, testmon, "get_system_packages", lambda ignore=None: "")


def _allow_no_cache(config):
    """testmon asks for an option that isn't there with ``-p no:cacheprovider``."""
    vars(config.option).setdefault("lf", False)


def _replace(config, owner, name, value):
    """Sets an attribute until pytest ends, as one process may run pytest more than once, or until the answer is called."""
    original = getattr(owner, name)
    setattr(owner, name, value)

    def restore():
        setattr(owner, name, original)

    config.add_cleanup(restore)
    return restore


def _replace_until_start(config, owner, name, value):
    """Sets an attribute while pytest configures itself, a conftest.py included, which may still switch testmon on.

    That is when testmon makes what it works with. Tests that use testmon, or run a pytest in their process, find it as it
    is.
    """
    restore = _replace(config, owner, name, value)
    config.pluginmanager.register(_AtStart(restore))


class _AtStart:
    def __init__(self, action):
        self.action = action

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self):
        self.action()


# --- coverage's cores


def _core_alone():
    """By which of coverage's cores testmon records by itself, here and now; None where coverage refuses to.

    testmon tells tests apart by ``Coverage.switch_context()``. The core ``sysmon`` notes the first context of a line only:
    when a function is edited, one of the tests that use it runs (https://github.com/nedbat/coveragepy/issues/2200).
    """
    if sys.version_info < (3, 14) and not os.environ.get("COVERAGE_CORE"):
        return _tracer()  # to ask coverage takes milliseconds
    import warnings

    from coverage import Coverage, CoverageException

    coverage = Coverage(data_file=None, config_file=False)  # as testmon makes its own
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # testmon's own gives them, too
            coverage._init()
            coverage._init_for_start()  # as its start() does, without starting
    except CoverageException:  # COVERAGE_CORE names none
        return None
    name = coverage._collector.tracer_name()
    return {"SysMonitor": "sysmon", "CTracer": "ctrace", "PyTracer": "pytrace"}.get(name, name)


def _core(alone):
    """By which of coverage's cores testmon records in a coordinated run: one that can tell tests apart."""
    return _tracer() if alone == "sysmon" else alone


def _coverage_version():
    import coverage

    return coverage.__version__


def _tracer():
    """The core that can tell tests apart, and is there."""
    try:
        import coverage.tracer  # noqa: F401
    except ImportError:
        return "pytrace"
    return "ctrace"


@contextlib.contextmanager
def _telling_tests_apart():
    """Makes a coverage that is made and started meanwhile use a core that can tell tests apart."""
    before = os.environ.get("COVERAGE_CORE")
    if before and before != "sysmon":
        yield
        return
    # Read by coverage when it is made, up to 7.8 when it starts. It isn't for what the tests start.
    os.environ["COVERAGE_CORE"] = _tracer()
    try:
        yield
    finally:
        del os.environ["COVERAGE_CORE"]
        if before is not None:
            os.environ["COVERAGE_CORE"] = before


def _doubting_class(TestmonData, run):
    """Data of which only what coordinated runs have recorded is believed: testmon alone can't tell tests apart here.

    The rest counts as affected until it is recorded again.
    """

    class DoubtedData(TestmonData):
        def determine_stable(self, *args, **kwargs):
            super().determine_stable(*args, **kwargs)
            again = self.stable_test_names & _unmarked(self.db.con, run["environment_id"])
            self.stable_test_names -= again
            self.unstable_test_names |= again
            files = {_file_of(name) for name in again}
            self.stable_files -= files
            self.unstable_files |= files
            run["tests_again"] = len(again)

    return DoubtedData


def _unmarked(connection, environment):
    """The names of the tests that no coordinated run has recorded; without a table of the marks, all."""
    query = "SELECT test_name FROM test_execution WHERE environment_id = ?"
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'testmon_xdist_recorded'").fetchone():
        query += " AND id NOT IN (SELECT test_execution_id FROM testmon_xdist_recorded)"
    return {row[0] for row in connection.execute(query, (environment,))}


def _mark_recorded(connection):
    """Marks each test that is recorded through this connection. The mark goes with its row, whoever records it next."""
    connection.execute(
        "CREATE TEMPORARY TRIGGER testmon_xdist_record AFTER INSERT ON main.test_execution "
        "BEGIN INSERT OR IGNORE INTO testmon_xdist_recorded VALUES (new.id); END"
    )


def _tests_again(config, run):
    """What the header says of the tests that aren't believed."""
    count = run.get("tests_again", 0)
    if not count or not config.testmon_config.select:  # without a selection all that is asked for runs anyway
        return ""
    return "; %s again: maybe recorded by coverage's sysmon core, which can't tell tests apart" % (
        "1 test runs" if count == 1 else "%d tests run" % count
    )


# --- the controlling pytest


def _distributes(config):
    return getattr(config.option, "dist", "no") != "no" and not config.option.collectonly


def _control(config, testmon, arguments):
    executable = _find_executable(config)
    if executable is None:
        return None
    for path in (str(config.rootdir), _data_file(arguments) if arguments else ""):
        if not _is_text(path):
            sys.stderr.write(
                "WARNING: testmon-xdist: the path %s isn't UTF-8; the run goes on without coordination\n" % ascii(path)
            )
            return None
    companion = _Companion(executable, _release(testmon), str(config.rootdir))
    config.add_cleanup(companion.finish)
    first = companion.answer()
    if not _goes_on(first):
        return None
    _compare_protocols(executable, first)
    facts = _facts(config, arguments)
    companion.tell(facts)
    run = companion.answer()
    if not _goes_on(run):
        return None
    # testmon leaves its connection open, and with it, where other plugins keep it alive, all that it has stored in -wal:
    # closed here, before the companion ends, the data file alone holds everything.
    config.add_cleanup(lambda: _close_data(config))
    run["executable"] = executable
    run["rootdir"] = str(config.rootdir)
    run["doubts_unmarked"] = facts["core_alone"] == "sysmon"
    controlling = _Controlling(run, companion)
    config.pluginmanager.register(controlling, "testmon-xdist-run")
    if not _distributes(config):
        _collect(config, testmon, lambda found: controlling.store(config, found))
    return _DataAccess(run)


def _goes_on(answer):
    """Whether the run is coordinated, as far as this answer goes; where it can't be, though it should, says why not."""
    if answer["state"] == "newer":
        sys.stderr.write("WARNING: testmon-xdist: %s; the run goes on without coordination\n" % answer["message"])
    return answer["state"] in ("on", "ready")


def _compare_protocols(executable, answer):
    """Stops where the executable is of a release that means something else by what it says."""
    if answer.get("protocol") == PROTOCOL:
        return
    raise pytest.UsageError(
        "testmon-xdist: the pytest plugin is of testmon-xdist %s (protocol %d), but %s of %s (protocol %s); reinstall "
        "testmon-xdist in this Python, so that both are of one release, or name its executable in TESTMON_XDIST_EXECUTABLE"
        % (_own_release(), PROTOCOL, executable, answer.get("version", "0.1.0"), answer.get("protocol", "none"))
    )


def _own_release():
    try:
        from importlib.metadata import version
    except ImportError:  # Python 3.7
        return "another release"
    try:
        return version("testmon-xdist")
    except Exception:  # brought by a wrapper
        return "another release"


def _release(plugin):
    """testmon's release, as far as it tells: 2.0.0 and those before it don't."""
    import testmon

    told = getattr(testmon, "TESTMON_VERSION", None) or getattr(testmon, "VERSION", None)
    return str(told or ("2.0.0" if _is_known(plugin) else "1.x"))


def _close_data(config):
    data = getattr(config, "testmon_data", None)
    if data is not None:
        data.write()
        data.db.con.close()


def _may_be_on(config):
    """Whether there is anything to ask the executable: where nobody has written a setting, off costs nothing."""
    return bool(os.environ.get(SWITCH)) or any(True for _ in _setting_files(config))


def _setting_files(config):
    """The files that may have settings, each with its text."""
    rootdir = str(config.rootdir)
    user = os.environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(user):  # the specification: as if it weren't set
        user = os.path.join(os.path.expanduser("~"), ".config")
    names = ("testmon-xdist.toml", ".testmon-xdist.toml", "pyproject.toml")
    for path in [os.path.join(rootdir, name) for name in names] + [os.path.join(user, "testmon-xdist", "config.toml")]:
        try:
            with open(path, "rb") as file:
                text = file.read().decode("utf-8", "replace")
        except OSError:
            if not os.path.exists(path):
                continue
            text = ""  # the executable says what is wrong with it
        if not path.endswith("pyproject.toml") or "testmon-xdist" in text:
            yield path, text


def _enabling_file(config):
    """A file that seems to switch coordination on; None where there is none. Only the executable can tell for certain."""
    for path, text in _setting_files(config):
        table = not path.endswith("pyproject.toml")
        for line in map(str.strip, text.splitlines()):
            if line.startswith("["):
                table = line.startswith("[tool.testmon-xdist]")
            elif table and re.match(r"""["']?enabled["']?\s*=\s*true\b""", line):
                return path
    return None


def _facts(config, arguments):
    """What the executable must know to prepare the data file: what testmon itself has computed."""
    from testmon import db, testmon_core

    packages = arguments["system_packages"]
    core_alone = _core_alone()
    drop_patch_version = getattr(testmon_core, "drop_patch_version", None)  # from 2.0.7 on
    return {
        "protocol": PROTOCOL,
        "rootdir": str(config.rootdir),
        "database_path": _data_file(arguments),
        "data_version": db.DATA_VERSION,
        "environment_name": arguments["environment"] or "default",
        "system_packages": drop_patch_version(packages) if drop_patch_version else packages,
        "python_version": "%d.%d.%d" % sys.version_info[:3],
        "expected_workers": _worker_count(config) if _distributes(config) else 0,
        "owner_pid": os.getpid(),
        "history_folder": _history_folder(config) if _distributes(config) else None,
        "core": _core(core_alone),
        "core_alone": core_alone,
    }


def _data_file(arguments):
    from testmon import testmon_core

    return os.path.abspath(os.path.join(arguments.get("rootdir", ""), testmon_core.get_data_file_path()))


def _is_text(path):
    """Whether the executable, which takes paths for text, can name it."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _worker_count(config):
    count = 0
    for spec in getattr(config.option, "tx", None) or []:
        number, star, _ = spec.partition("*")
        count += int(number) if star and number.isdigit() else 1
    return count


def _history_folder(config):
    """A folder in pytest's cache, made by pytest, or None where there is no cache or it can't be written."""
    cache = getattr(config, "cache", None)
    if cache is None:
        return None
    try:
        if cache.get("testmon-xdist/made", None) is None:
            cache.set("testmon-xdist/made", True)  # up to pytest 7, only this writes the cache's .gitignore
        folder = str(cache.mkdir("testmon-xdist") if hasattr(cache, "mkdir") else cache.makedir("testmon-xdist"))
    except OSError:
        return None
    return folder if _is_text(folder) else None


class _Companion:
    """``testmon-xdist controller --companion``: it knows by the end of its standard input that this pytest is gone."""

    def __init__(self, executable, release, rootdir):
        import subprocess

        self.executable = executable
        self.rootdir = rootdir
        self.process = subprocess.Popen(
            [executable, "controller", "--companion", release, "--rootdir", rootdir],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # what ends this pytest's process group must leave time to clean up
        )
        self.answered = False
        self.farewell = None

    def tell(self, message):
        try:
            self.process.stdin.write(json.dumps(message).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:  # it has ended: its answer, or its exit status, says why
            pass

    def answer(self):
        line = self.process.stdout.readline()
        try:
            answer = json.loads(line.decode())
        except ValueError:
            raise pytest.UsageError("testmon-xdist: the controller ended with status %d" % self.process.wait())
        self.answered = answer["state"] != "on"
        if answer["state"] == "error":
            raise pytest.UsageError("testmon-xdist: " + answer["message"])
        return answer

    def finish(self):
        """Ends the run, and returns when its folder is gone, or the controller doesn't end."""
        import subprocess

        if not self.answered:
            self.process.terminate()  # interrupted while it waits for another run, or prepares the data
        if self.farewell is not None:
            self.tell(self.farewell)
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()
            except OSError:
                pass
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:  # somebody has stopped it
            sys.stderr.write(
                "WARNING: testmon-xdist: the controller (pid %d) hasn't ended after %s s, and is killed\n"
                % (self.process.pid, PATIENCE)
            )
            self.process.kill()
            status = self.process.wait()
        if status < 0 and self.answered:
            # What it left is only in the way.
            subprocess.call([self.executable, "cleanup", "--quiet", "--rootdir", self.rootdir], stdout=subprocess.DEVNULL)


class _HandOver:
    """Gives every xdist worker what it must know of the run: also which tests testmon has found to be affected.

    It is found out once, here. A worker that takes a crashed one's place, when some results have been stored already,
    must collect what the others did, or xdist has no use for it; and a worker on another machine has no data file, and
    maybe no such plugin.

    Where a worker's Python isn't like this one, what holds here needn't hold there: all tests run then, in all workers,
    as xdist wants all of them to collect the same.
    """

    def __init__(self, run):
        self.run = run
        self.selection = None
        self.runs_all = False
        self.collected = {}  # by worker id: what _Collection has found
        self.usage_errors = {}  # by worker id: why it could not collect

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self, config, specs):
        stranger = _find_stranger(config, [spec for spec in specs if not _is_here(spec)])
        if stranger is None:
            return
        sys.stderr.write(
            "WARNING: testmon-xdist: %s; all tests run, and nothing is recorded: make it like the Python here (%s)\n"
            % (stranger, sys.executable)
        )
        self.runs_all = True

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node):
        if self.selection is None:
            self.selection = _selection(node.config.testmon_data)
        is_here = _is_here(node.gateway.spec)
        if not is_here:
            _bring_plugin(node.gateway)
        channel = node.gateway.newchannel()
        channel.setcallback(lambda message: self._receive(node.gateway.id, *message))
        run = dict(self.run, selection=self.selection, is_here=is_here, is_own=False, runs_all=self.runs_all)
        node.workerinput[HANDOVER] = dict(run, channel=channel)

    def _receive(self, worker_id, collected, usage_errors):
        # Called by execnet's thread: xdist's own messages wait in a queue, so this is there before what it belongs to.
        if collected is not None:
            self.collected[worker_id] = collected
        if usage_errors is not None:
            self.usage_errors[worker_id] = usage_errors

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node):
        """xdist takes a worker that can't find what the command line names for one that has nothing to run."""
        errors = self.usage_errors.get(node.gateway.id)
        if errors is not None:
            raise pytest.UsageError(*errors)


class _Reading(_HandOver):
    """Hooks of a pytest below ``testmon-xdist worker ID -- ...``."""

    def __init__(self, run, worker_id):
        super().__init__(run)
        self.worker_id = worker_id

    def pytest_report_header(self, config):
        return "testmon-xdist: worker %s, reads environment %d and stores nothing%s" % (
            _printable(self.worker_id),
            self.run["environment_id"],
            _tests_again(config, self.run),
        )


class _Controlling(_HandOver):
    """Hooks of the controlling pytest while a run is coordinated."""

    def __init__(self, run, companion):
        super().__init__(run)
        self.companion = companion
        self.found = []  # what the processes that collect have found
        self.names = {}  # by the ids that xdist gives grouped tests: their own
        self.crashed = []
        self.interrupted = False

    def pytest_report_header(self, config):
        more = " picked up again" if self.run["picked_up_again"] else ""
        more += ", %d workers" % self.run["expected_workers"] if self.run["expected_workers"] else ""
        more += _tests_again(config, self.run)
        if not more:
            return None  # a run without workers is as ever
        name = json.dumps(self.run["environment_name"])[1:-1]
        return "testmon-xdist: %s, environment %s%s" % (self.run["version"], name, more)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node):
        if self.runs_all or not _is_here(node.gateway.spec):
            _acknowledge(self.run, node.gateway.id)  # in its place: the run's folder is here

    def pytest_sessionstart(self, session):
        recording = session.config.pluginmanager.get_plugin("TestmonCollect")
        if recording is not None:
            recording.reports = _ReportsByTest(self.names)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node):
        if node.gateway.id in self.collected:
            self.store(node.config, self.collected[node.gateway.id])

    def store(self, config, found):
        """Makes the tests that were not known yet known: whatever happens from now on, they must run."""
        self.found.append(found)
        self.names.update(found["names"])
        if config.testmon_config.collect:
            config.testmon_data.add_tests(found["new"])

    def pytest_runtest_logreport(self, report):
        if report.when == CRASHED:
            self.crashed.append(self.names.get(report.nodeid, report.nodeid))

    def pytest_keyboard_interrupt(self, excinfo):
        # Also called for what pytest and its plugins end a run with by themselves: xdist for -x, pytest.exit().
        self.interrupted = excinfo.type is KeyboardInterrupt

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session):
        data = session.config.testmon_data
        data.write()
        if session.config.testmon_config.collect:
            if self.found:
                # Where workers have not collected the same, nothing is gone.
                data.remove_tests(set.intersection(*(set(found["gone"]) for found in self.found)))
            if self.crashed:
                data.owe_tests(self.crashed)
        yield
        # The status as testmon has left it.
        self.companion.farewell = {"exit_status": int(session.exitstatus), "interrupted": self.interrupted}


class _ReportsByTest(dict):
    """The reports that testmon keeps until a test's dependencies come, by the test's own name."""

    def __init__(self, names):
        super().__init__()
        self.names = names

    def __getitem__(self, name):
        return self.setdefault(self.names.get(name, name), {})


# --- collecting and recording, in the process that runs the tests


def _collect(config, testmon, send, has_all_files=True):
    """Where this process collects and runs tests: lets testmon know them by their own names, and record each by itself.

    :param send: is called with what was collected
    :param has_all_files: whether a file that isn't here is nowhere; another machine may have been given a part of them
    """
    collection = _Collection(send, has_all_files)
    config.pluginmanager.register(collection, "testmon-xdist-collection")
    _replace_until_start(config, testmon, "TestmonSelect", _select_class(testmon.TestmonSelect, collection))
    _replace_until_start(config, testmon, "TestmonCollector", _collector_class(testmon.TestmonCollector, collection))


class _UsageErrors:
    """Sends what is wrong with the command line to the controlling pytest, which alone can say it."""

    def __init__(self, send):
        self.send = send

    @pytest.hookimpl(hookwrapper=True)
    def pytest_collection(self):
        outcome = yield
        error = outcome.excinfo and outcome.excinfo[1]
        if isinstance(error, pytest.UsageError):
            self.send([str(argument) for argument in error.args])


class _Collection:
    """Finds out which tests are new and which are gone, by what is collected before anything is deselected.

    testmon compares what it knows with what is left of a run's tests. A narrowed run then makes it forget the others:
    where some tests of their file are still known, the file isn't collected again, and they never run. Here a test is
    gone only if its file is, or if the whole file was collected without it.
    """

    def __init__(self, send, has_all_files):
        self.send = send
        self.has_all_files = has_all_files
        self.children = {}  # what each collector of a file, and below it, has made
        self.failed = set()  # files of which some could not be collected
        self.items = {}  # the own name by id(item), as an item's hash changes with its name
        self.names = {}  # the own name by the name that the item has now, where they differ

    @pytest.hookimpl(hookwrapper=True)
    def pytest_make_collect_report(self, collector):
        if isinstance(collector, pytest.Package) or collector.getparent(pytest.File) is None:
            yield
            return
        collect = collector.collect

        def remember():
            children = list(collect())
            self.children[collector] = children
            return children

        # Not the report's result: --lf takes tests out of it, or puts an empty one in its place.
        collector.collect = remember
        yield
        del collector.collect
        if collector not in self.children:
            self.failed.add(_file_of(collector.nodeid))

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        self.items = {id(item): item.nodeid for item in items}

    @contextlib.contextmanager
    def own_names(self, items):
        """xdist may have added a test's group to its name; testmon must not know it by two names."""
        renamed = [(item, item.nodeid) for item in items if self._own_name(item) != item.nodeid]
        for item, _ in renamed:
            item._nodeid = self._own_name(item)
        try:
            yield
        finally:
            for item, name in renamed:
                item._nodeid = name

    def _own_name(self, item):
        return self.items.get(id(item), item.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session):
        data = session.config.testmon_data
        known, stable = set(data.all_tests), set(data.stable_test_names)
        whole_files, collected, not_entered = self._look_at_files()
        self.children = {}  # they would keep all that was collected alive
        collected.update(self.items.values())
        rootdir = str(session.config.rootdir)

        def is_gone(test):
            file = _file_of(test)
            return file in whole_files or self.has_all_files and not os.path.exists(os.path.join(rootdir, file))

        known_parents = {parent for test in known for parent in _parents_of(test)}
        self.names = {item.nodeid: self._own_name(item) for item in session.items if self._own_name(item) != item.nodeid}
        self.send(
            {
                # A class that wasn't entered may have new tests: where none of it is known, it itself must do.
                "new": sorted(collected - known | not_entered - known_parents - known),
                "gone": sorted(test for test in known - stable - collected if is_gone(test)),
                "names": self.names,
            }
        )

    def _look_at_files(self):
        """Which files were collected as a whole, all tests in any file, and the classes that were not entered."""
        files, tests, not_entered = set(), set(), set()
        for collector, children in self.children.items():
            files.add(_file_of(collector.nodeid))
            for child in children:
                if isinstance(child, pytest.Item):
                    tests.add(self._own_name(child))
                elif child not in self.children:
                    not_entered.add(child.nodeid)
        return files - self.failed - {_file_of(name) for name in not_entered}, tests, not_entered


def _file_of(test):
    return test.split("::", 1)[0]


def _parents_of(test):
    """The file of a test, and its classes."""
    parts = test.split("::")
    return ["::".join(parts[:length]) for length in range(1, len(parts))]


def _select_class(TestmonSelect, collection):
    class SelectByOwnName(TestmonSelect):
        @pytest.hookimpl(trylast=True)
        def pytest_collection_modifyitems(self, session, config, items):
            with collection.own_names(items):
                super().pytest_collection_modifyitems(session=session, config=config, items=items)

    return SelectByOwnName


def _collector_class(TestmonCollector, collection):
    """A collector that hands over what a test depends on as soon as it has run: nothing is lost, whatever dies then.

    testmon takes it from up to 250 tests at once, in the process that the last of them runs in.
    """

    class CollectorOfEachTest(TestmonCollector):
        handed_over = (None, {})  # the latest test, and its lines by file
        is_last = False

        def setup_coverage(self, *args, **kwargs):
            with _telling_tests_apart():
                super().setup_coverage(*args, **kwargs)
            # coverage takes milliseconds to erase its data and to begin anew.
            self.lines = _LinesByContext()
            if getattr(self.cov._collector, "covdata", None) is not self.cov.get_data():
                # Better no run than one that records no lines, after which no edit would make a test run.
                raise pytest.UsageError("testmon-xdist: coverage %s is newer than what it knows" % _coverage_version())
            self.cov._collector.covdata = self.lines
            self.cov.erase = self.lines.forget
            self.measured, self.tests_measured = {}, 0

        def start_testmon(self, test_name, next_test_name=None):
            super().start_testmon(collection.names.get(test_name, test_name))  # as if it were the last
            self.is_last = next_test_name is None
            # The test before, if it ran in a process of its own, has handed over there.
            self.lines.forget(all_but=self.handed_over[0])

        def get_nodes_files_lines(self, dont_include):
            from testmon.testmon_core import cached_relpath, home_file

            self.cov._collector.flush_data()
            self.batched_test_names = set()
            found = {}
            for test in {self._test_name, self.handed_over[0]} - {dont_include, None}:
                by_file = self.lines.by_context.get(test, {})
                lines = {cached_relpath(file, self.rootdir): numbers for file, numbers in by_file.items()}
                if test == self.handed_over[0]:
                    # It has run again, or something has run for it when it had ended.
                    before = self.handed_over[1]
                    lines = {file: before.get(file, set()) | lines.get(file, set()) for file in {**before, **lines}}
                    if test != self._test_name and lines == before:
                        continue
                lines.setdefault(home_file(test), {1})
                found[test] = lines
            if self._test_name in found:
                self.handed_over = (self._test_name, found[self._test_name])
            return found, self._lines_for_others()

        def _lines_for_others(self):
            """What pytest-cov is to have, too, by file; not after each test, as it goes to a file of its own."""
            if len(self.coverage_stack) < 2:
                return {}
            self.tests_measured += 1
            for by_file in self.lines.by_context.values():
                for file, numbers in by_file.items():
                    self.measured.setdefault(file, set()).update(numbers)
            if not self.is_last and self.tests_measured < TESTS_AT_ONCE:
                return {}
            measured, self.measured, self.tests_measured = self.measured, {}, 0
            return measured

    return CollectorOfEachTest


class _LinesByContext:
    """Stands for coverage's ``CoverageData``, as far as its collector needs it."""

    def __init__(self):
        self.context = ""
        self.by_context = {}

    def set_context(self, context):
        before, self.context = self.context, context or ""
        return before

    def add_lines(self, lines_by_file):
        for file, lines in lines_by_file.items():
            if lines:
                self.by_context.setdefault(self.context, {}).setdefault(file, set()).update(lines)

    def add_file_tracers(self, file_tracers):
        pass

    def forget(self, all_but=None):
        self.by_context = {context: lines for context, lines in self.by_context.items() if context == all_but}


def _is_here(spec):
    """Whether a worker has this very Python: not another one, nor one on a machine that a gateway leads to."""
    return bool(spec.popen and not spec.python and not spec.via)


def _look_around():
    """What decides which tests must run, besides the sources. Runs by itself, in a new process."""
    import os
    import sys

    path = [entry for entry in sys.path if entry not in ("", os.getcwd())]  # one is the project's, the other xdist's cache
    try:
        from importlib.metadata import distributions

        packages = {"%s %s" % (found.metadata["Name"], found.version) for found in distributions(path=path)}
    except ImportError:  # Python 3.7
        from pkg_resources import WorkingSet

        packages = {"%s %s" % (found.project_name, found.version) for found in WorkingSet(path)}
    try:
        from testmon.db import DATA_VERSION as data_version
    except ImportError:
        data_version = None
    ours = ("testmon-xdist", "testmon_xdist")
    return [data_version, "%d.%d.%d" % sys.version_info[:3], sorted(name for name in packages if not name.startswith(ours))]


def _find_stranger(config, specs):
    """Says what is other in another Python that a worker would have; None where nothing is."""
    if not specs:
        return None
    import inspect

    import execnet

    source = inspect.getsource(_look_around) + "\n\nchannel.send(_look_around())\n"
    group = execnet.Group()
    try:
        for proxy in getattr(config.option, "px", None) or []:
            group.makegateway(proxy)
        here, *others = [
            (spec, group.makegateway(spec).remote_exec(source).receive()) for spec in ["popen"] + sorted(set(map(str, specs)))
        ]
    finally:
        group.terminate(timeout=5)
    for spec, found in others:
        if found[0] is None:
            raise pytest.UsageError("testmon-xdist: the Python of a worker (%s) has no pytest-testmon; install it" % spec)
        difference = _difference(here[1], found)
        if difference:
            return "the Python of a worker (%s) has %s" % (spec, difference)
    return None


def _difference(here, there):
    if there[0] != here[0]:
        return "a testmon of data version %s, not %s" % (there[0], here[0])
    if there[1] != here[1]:
        return "the version %s, not %s" % (there[1], here[1])
    packages = sorted(set(here[2]) ^ set(there[2]))
    return "other packages (%s%s)" % (", ".join(packages[:5]), ", ..." if packages[5:] else "") if packages else None


RECEIVE_PLUGIN = """
import os, sys, types

name, source = channel.receive()
sys.path.insert(0, os.getcwd())  # as xdist does: it may have brought its own pytest
try:
    os.environ["PYTEST_PLUGINS"] = ",".join(filter(None, [os.environ.get("PYTEST_PLUGINS"), name]))
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(source, "<%s>" % name, "exec"), vars(module))
    module.__doc__ = "PYTEST_DONT_REWRITE"  # it's too late for that
finally:
    sys.path.pop(0)
"""


def _bring_plugin(gateway):
    """Puts this plugin into another Python that a worker has: it may be missing there, or be of another version.

    Without it that worker would select by whatever data file it finds.
    """
    import inspect

    channel = gateway.remote_exec(RECEIVE_PLUGIN)
    channel.send((__name__, inspect.getsource(sys.modules[__name__])))
    channel.waitclose()


def _selection(data):
    """What ``determine_stable`` has found, and what tests are sorted by."""
    names = ("unstable_test_names", "stable_test_names", "unstable_files", "stable_files", "all_files", "failing_tests")
    selection = {name: sorted(getattr(data, name)) for name in names if hasattr(data, name)}
    selection["all_tests"] = {name: dict(test) for name, test in data.all_tests.items()}
    return selection


# --- readers


def _read_as_worker(config, testmon, run):
    if "executable" in run and run["is_here"]:
        _acknowledge(run, config.workerinput["workerid"])
    channel = run["channel"]
    _collect(config, testmon, lambda collected: channel.send((collected, None)), has_all_files=run["is_here"])
    config.pluginmanager.register(_UsageErrors(lambda errors: channel.send((None, errors))))
    return _ReaderAccess(run, run["selection"])


def _acknowledge(run, worker_id):
    """Checks by the executable that the run is live and its data readable, and says so to the controller.

    What the worker needs it has from xdist; where the check fails it says so and goes on: a test run must not die of a
    controller that did.
    """
    import subprocess

    command = [run["executable"], "worker", worker_id, "--rootdir", run["rootdir"]]
    environment = dict(os.environ, TESTMON_XDIST_RUN_ID=run["run_id"])
    try:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        _, errors = process.communicate()
        failed, message = process.returncode != 0, errors.decode("utf-8", "replace").strip()
    except OSError as error:
        failed, message = True, "%s: %s" % (run["executable"], error.strerror)
    if failed or message:
        sys.stderr.write("[%s] %s\n" % (worker_id, message))


def _read_below_command(config):
    rootdir = os.environ.get("TESTMON_XDIST_ROOTDIR", "")
    if rootdir and os.path.realpath(rootdir) != os.path.realpath(str(config.rootdir)):
        raise pytest.UsageError(
            "testmon-xdist: the run is for the rootdir %s, but this pytest's is %s; name one for both with --rootdir"
            % (_printable(rootdir), _printable(str(config.rootdir)))
        )
    run = {
        "environment_id": _number("TESTMON_XDIST_ENVIRONMENT_ID"),
        "data_version": _number("TESTMON_XDIST_DATA_VERSION"),
        "packages_changed": False,
        "created": False,
        "is_own": True,
    }
    if os.environ.get("TESTMON_DATAFILE"):
        run["database_path"] = os.environ["TESTMON_DATAFILE"]  # the tests, and so its xdist workers, don't see it
    run["doubts_unmarked"] = _core_alone() == "sysmon"
    access = _ReaderAccess(run)
    config.pluginmanager.register(_Reading(run, os.environ["TESTMON_XDIST_WORKER_ID"]), "testmon-xdist-run")
    return access


def _number(variable):
    text = os.environ.get(variable, "")
    if not text.isdigit():
        raise pytest.UsageError(
            "testmon-xdist: TESTMON_XDIST_WORKER_ID is set, but %s is %r; 'testmon-xdist worker' sets both, "
            "and 'unset TESTMON_XDIST_WORKER_ID' makes this an ordinary pytest" % (variable, text)
        )
    return int(text)


class _DataAccess:
    """How testmon's data is opened in a coordinated run: with the environment that was prepared, to be written.

    While this context is entered, testmon opens data files so; nothing else of testmon is touched, for a test may use
    testmon, too.
    """

    is_reader = False

    def __init__(self, run):
        try:
            from testmon import db
        except ImportError:  # 1.0, for example
            db = None
        found = getattr(db, "DATA_VERSION", None)
        if found != run["data_version"]:
            raise pytest.UsageError(
                "testmon-xdist: this Python's testmon has data version %s, but the run was prepared for %s; "
                "use the same pytest-testmon for the controller and its workers" % (found, run["data_version"])
            )
        self.run = run
        self.db = db
        self.replaced = (db.DB, db.connect)
        # Elsewhere the data file is an empty one in memory: all that counts has come through xdist.
        self.is_in_memory = not run.get("is_here", True)

    def __enter__(self):
        self.db.DB, self.db.connect = self.db_class(), self.connect

    def __exit__(self, *_exception):
        self.db.DB, self.db.connect = self.replaced

    def connect(self, datafile, readonly=False):
        from urllib.parse import quote

        connect = self.replaced[1]
        if self.is_in_memory:
            connection = connect(":memory:")
            connection.execute("PRAGMA user_version = %d" % self.db.DATA_VERSION)  # or testmon takes it for an old file
            return connection
        # testmon puts the path into a URI as it is: '?', '#' and '%' in it would name another file.
        return connect(quote(datafile), readonly=readonly or self.is_reader)

    def db_class(self):
        import inspect

        access, run, DB = self, self.run, self.replaced[0]
        takes_readonly = "readonly" in inspect.signature(DB.__init__).parameters  # from 2.0.14 on

        class PreparedDB(DB):
            def __init__(self, datafile, readonly=False):
                path = ":memory:" if access.is_in_memory else run.get("database_path", datafile)
                if takes_readonly:
                    super().__init__(path, readonly=readonly or access.is_reader)
                else:
                    super().__init__(path)
                    if access.is_reader:
                        self.con.executescript(_shadows(self.con))
                if run.get("marks_tests") and not access.is_reader:
                    _mark_recorded(self.con)
                self.file_created = run["created"]

            def initiate_execution(self, name, packages, python, *_args):
                environment = run["environment_id"]
                if run.get("is_own"):
                    _compare(self.con, environment, (name, packages, python))
                return {
                    "exec_id": environment,
                    "filenames": self.all_filenames() if access.db.DATA_VERSION >= 12 else self.filenames(environment),
                    "packages_changed": run["packages_changed"],
                }

            def write_attribute(self, *args, **kwargs):
                if not access.is_reader:
                    super().write_attribute(*args, **kwargs)

        return PreparedDB

    def read_class(self):
        from testmon.testmon_core import TestmonData

        return _doubting_class(TestmonData, self.run) if self.run.get("doubts_unmarked") else TestmonData

    def data_class(self):
        class RecordedData(self.read_class()):
            """What testmon records, and what is known of the tests."""

            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                self.unwritten = {}
                self.written_at = time.monotonic()

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

            def sync_db_fs_tests(self, retain):
                pass  # _Collection knows better

            def add_tests(self, tests):
                """Records that there are such tests, so that they run when nothing else has run them."""
                if tests:
                    self._sync(set(self.all_tests).union(tests, self.unwritten))

            def remove_tests(self, tests):
                if tests:
                    self._sync(set(self.all_tests).difference(tests))

            def owe_tests(self, tests):
                """Takes the tests for new: how they ended is not known."""
                self.write()
                with self.db:
                    self.db.delete_test_executions(list(tests), self.exec_id)
                self._sync(set(self.all_tests).union(tests))

            def _sync(self, retain):
                self.write()
                super().sync_db_fs_tests(retain=retain)
                self.write()

        return RecordedData


class _ReaderAccess(_DataAccess):
    """How a reader opens the data: it never writes.

    :param selection: what the controlling pytest has found out, if it is handed over
    """

    is_reader = True

    def __init__(self, run, selection=None):
        super().__init__(run)
        self.selection = selection

    def data_class(self):
        class ReadData(self.read_class()):
            def sync_db_fs_tests(self, retain):
                pass

        if self.selection is None:
            return ReadData
        selection = self.selection

        class SelectedData(ReadData):
            def determine_stable(self, *_args, **_kwargs):
                for name, value in selection.items():
                    if name != "all_tests":
                        setattr(self, name, set(value))

            @property
            def all_tests(self):
                return selection["all_tests"]

        return SelectedData


def _compare(connection, environment, found):
    """Refuses an environment that isn't this pytest's: selecting by another's tests would leave some out silently."""
    row = connection.execute(
        "SELECT environment_name, system_packages, python_version FROM environment WHERE id = ?", (environment,)
    ).fetchone()
    for what, prepared, own in zip(("environment name", "installed packages", "Python version"), row or found, found):
        if prepared != own:
            difference = sorted(set(prepared.split(", ")) ^ set(own.split(", ")))
            raise pytest.UsageError(
                "testmon-xdist: the run was prepared for another environment than this pytest's: %s differ (%s); name "
                "this pytest's with 'testmon-xdist controller --python %s --environment NAME'"
                % (what, _printable(", ".join(difference)), sys.executable)
            )


def _printable(text):
    """Text from outside, with nothing in it that could drive a terminal."""
    return "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in text)


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


# --- finding and hiding


def _find_executable(config):
    import shutil
    import sysconfig

    given = os.environ.get("TESTMON_XDIST_EXECUTABLE")
    folders = [
        sysconfig.get_path("scripts"),
        os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin"),  # pip install --target
        sysconfig.get_path("scripts", "posix_user"),  # pip install --user
    ]
    for path in [given] if given else [os.path.join(folder, "testmon-xdist") for folder in folders]:
        if os.access(path, os.X_OK):
            return path
    path = None if given else shutil.which("testmon-xdist")
    if path is not None:
        return path
    switch = os.environ.get(SWITCH, "").strip().lower()
    if switch in ("true", "1", "yes", "on"):
        what = SWITCH + " is set"
    else:  # a variable has the last word
        file = None if switch else _enabling_file(config)
        if file is None:
            return None
        what = "%s has enabled = true" % file
    place = "is neither beside this Python nor in PATH" if not given else "isn't at %s (TESTMON_XDIST_EXECUTABLE)" % given
    raise pytest.UsageError(
        "testmon-xdist: %s, but the executable 'testmon-xdist' %s; reinstall it, or say where it is in "
        "TESTMON_XDIST_EXECUTABLE" % (what, place)
    )


def _hide_wrapper(config):
    """Takes what a wrapping testmon-xdist put into the environment for this pytest away from what the tests start."""
    before = dict(os.environ)
    folder = os.environ.pop("TESTMON_XDIST_PLUGIN_PATH", None)
    if folder is None:
        return
    _remove_from_variable("PYTHONPATH", os.pathsep, folder)
    _remove_from_variable("TOX_OVERRIDE", ";", "testenv.pass_env+=PYTHONPATH,TESTMON_XDIST_*")
    names = "EXECUTABLE RUN_ID WORKER_ID ENVIRONMENT_ID DATA_VERSION ROOTDIR CONFIG ENVIRONMENT QUIET WORKERS".split()
    for name in ["TESTMON_XDIST_" + name for name in names]:
        os.environ.pop(name, None)
    for name in os.environ.pop("TESTMON_XDIST_ADDED", "").split():  # those that the user hasn't set
        os.environ.pop(name, None)
    hidden = {name: value for name, value in before.items() if os.environ.get(name) != value}
    config.add_cleanup(lambda: os.environ.update(hidden))  # one process may run pytest more than once
    if _distributes(config):
        _show_wrapper_to_workers(config, hidden)


def _show_wrapper_to_workers(config, hidden):
    """xdist's workers get their environment from this process; some releases look for plugins by PYTHONPATH alone."""
    from xdist.workermanage import NodeManager

    start = NodeManager.setup_node

    def setup_node(*args, **kwargs):
        before = {name: os.environ.pop(name, None) for name in hidden}
        os.environ.update(hidden)
        try:
            return start(*args, **kwargs)
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value

    _replace(config, NodeManager, "setup_node", setup_node)


def _remove_from_variable(name, separator, entry):
    value = os.environ.pop(name, "")
    left = [part for part in value.split(separator) if part != entry]
    if value and left:
        os.environ[name] = separator.join(left)


# --- as a script: the facts without a test run


class _Probe:
    """Stops pytest as soon as it has read its configuration and testmon has told what it would do."""

    release = ""
    facts = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config):
        testmon = sys.modules.get("testmon.pytest_testmon")
        if testmon is not None:
            self.release = _release(testmon)
            if _is_known(testmon):  # else it would go on, and open the data file
                self._ask(config, testmon)
        return 0

    def _ask(self, config, testmon):
        config.testmon_config = argparse.Namespace(tmnet=False)
        _before_data(config, testmon, lambda arguments: self._stop(config, arguments))
        try:
            testmon.init_testmon_data(config)
        except _Stop:
            pass

    def _stop(self, config, arguments):
        self.facts = _facts(config, arguments)
        raise _Stop


class _Stop(Exception):
    pass


def _print_facts(rootdir):
    output = os.dup(1)
    os.dup2(2, 1)  # whatever a conftest.py prints must not mix with the facts
    sys.path[:] = [entry for entry in sys.path if entry]  # not this folder: the script 'pytest' doesn't have it either
    os.chdir(rootdir)
    probe = _Probe()
    try:
        pytest.main(["--rootdir", "."], plugins=[probe])  # pytest expands '$' in a path that is given
    finally:  # a testmon that we don't know may fail in any way
        os.write(output, json.dumps({"testmon": probe.release, "facts": probe.facts}).encode())


if __name__ == "__main__":
    _print_facts(sys.argv[1])
