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
import json
import os
import re
import sys

import pytest

WRAPPER = "testmon-xdist-wrapper"  # the distribution as which a wrapped command's Python sees this file
HANDOVER = "testmon_xdist"  # the key in xdist's workerinput
SWITCH = "TESTMON_XDIST_CONTROLLER_PRECREATION"
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
            _before_data(config, testmon, lambda arguments: _read_as_worker(config, run))
    elif os.environ.get("TESTMON_XDIST_WORKER_ID"):
        _use_given_environment(config)
        _allow_no_cache(config)
        config.option.testmon_nocollect = True  # a reader stores nothing
        _before_data(config, testmon, lambda arguments: _read_below_command(config))
    else:
        _use_given_environment(config)
        if _may_be_on(config):
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
    if not hasattr(testmon, "TestmonData"):  # no release that we know
        options = ("testmon", "testmon_noselect", "testmon_nocollect", "testmon_forceselect")
        if any(getattr(config.option, name, False) for name in options):
            action(None)
        return
    _replace(config, testmon, "TestmonData", _Gate(testmon.TestmonData, action))


class _Gate:
    """Stands for testmon's ``TestmonData``, made by calling it or, from 2.2.0 on, a method of it."""

    def __init__(self, real, action):
        self.real = real
        self.action = action

    def __call__(self, **arguments):
        return self._make(self.real, arguments)

    def for_local_run(self, **arguments):
        return self._make(self.real.for_local_run, arguments)

    def for_worker(self, **arguments):
        return self._make(self.real.for_worker, arguments)

    def _make(self, make, arguments):
        packages = arguments.get("system_packages")
        if packages:
            kept = [package for package in packages.split(", ") if not package.startswith(WRAPPER + " ")]
            arguments["system_packages"] = ", ".join(kept)
        if not arguments.get("database"):  # else the data is testmon.net's
            self.action(arguments)
        return make(**arguments)


def _skip_packages(config, testmon):
    """Only the given environment counts in a reader: what is installed needn't be looked up, which is slow."""
    if hasattr(testmon, "get_system_packages"):
        _replace(config, testmon, "get_system_packages", lambda ignore=None: "")


def _allow_no_cache(config):
    """testmon asks for an option that isn't there with ``-p no:cacheprovider``."""
    vars(config.option).setdefault("lf", False)


def _collect_each_test(config):
    """Where tests may run in processes of their own, each must hand over its dependencies by itself, not in batches.

    testmon takes them from many tests at once, in the process that the last of them runs in: those of a test that
    pytest-forked runs would be lost, and no edit would make it run again.
    """
    if not config.pluginmanager.hasplugin("pytest_forked"):
        return
    from testmon.testmon_core import TestmonCollector

    start, collect = TestmonCollector.start_testmon, TestmonCollector.get_batch_coverage_data

    def start_testmon(self, test_name, next_test_name=None):
        self.batched_test_names.clear()
        start(self, test_name)  # as if it were the last

    def get_batch_coverage_data(self):
        # What ran here for an earlier test while that one was in its own process isn't all of it.
        return {name: files for name, files in collect(self).items() if name == self._test_name}

    _replace(config, TestmonCollector, "start_testmon", start_testmon)
    _replace(config, TestmonCollector, "get_batch_coverage_data", get_batch_coverage_data)


def _replace(config, owner, name, value):
    """Sets an attribute until pytest ends: one process may run pytest more than once."""
    original = getattr(owner, name)
    setattr(owner, name, value)
    config.add_cleanup(lambda: setattr(owner, name, original))


# --- the controlling pytest


def _distributes(config):
    return getattr(config.option, "dist", "no") != "no" and not config.option.collectonly


def _control(config, testmon, arguments):
    executable = _find_executable(config) if _may_be_on(config) else None
    if executable is None:
        return
    for path in (str(config.rootdir), _data_file(arguments) if arguments else ""):
        if not _is_text(path):
            sys.stderr.write(
                "WARNING: testmon-xdist: the path %s isn't UTF-8; the run goes on without coordination\n" % ascii(path)
            )
            return
    companion = _Companion(executable, _release(), str(config.rootdir))
    config.add_cleanup(companion.finish)
    first = companion.answer()
    if not _goes_on(first):
        return
    _compare_protocols(executable, first)
    # testmon leaves its connection open, and with it, where other plugins keep it alive, all that it has stored in -wal:
    # closed here, before the companion ends, the data file alone holds everything.
    config.add_cleanup(lambda: _close_data(config))
    _collect_each_test(config)
    companion.tell(_facts(config, arguments))
    run = companion.answer()
    if not _goes_on(run):
        return
    run["executable"] = executable
    run["rootdir"] = str(config.rootdir)
    _use_environment(config, run, reader=False)
    config.pluginmanager.register(_Controlling(run, companion), "testmon-xdist-run")
    if not _distributes(config):
        return
    config.pluginmanager.register(_OnlyWholeCollections(config), "testmon-xdist-collections")
    if config.testmon_config.collect and not hasattr(testmon, "TestmonXdistSync"):
        config.pluginmanager.register(_SyncByController(), "testmon-xdist-sync")


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


def _release():
    """testmon's release, as far as it tells: 2.0.0, the first, doesn't."""
    import testmon

    return str(getattr(testmon, "TESTMON_VERSION", None) or getattr(testmon, "VERSION", None) or "2.0.0")


def _close_data(config):
    data = getattr(config, "testmon_data", None)
    if data is not None:
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
        self.exit_status = None

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
        """Ends the run, and returns when its folder is gone."""
        import subprocess

        if not self.answered:
            self.process.terminate()  # interrupted while it waits for another run, or prepares the data
        if self.exit_status is not None:
            self.tell({"exit_status": int(self.exit_status)})
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()
            except OSError:
                pass
        if self.process.wait() < 0 and self.answered:
            # Somebody has killed it: what it left is only in the way.
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
        collections = config.pluginmanager.get_plugin("testmon-xdist-collections")
        if collections is not None:
            collections.are_whole = False

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node):
        if self.selection is None:
            self.selection = _selection(node.config.testmon_data)
        is_here = _is_here(node.gateway.spec)
        if not is_here:
            _bring_plugin(node.gateway)
        run = dict(self.run, selection=self.selection, is_here=is_here, is_own=False, runs_all=self.runs_all)
        node.workerinput[HANDOVER] = run


class _Reading(_HandOver):
    """Hooks of a pytest below ``testmon-xdist worker ID -- ...``."""

    def __init__(self, run, worker_id):
        super().__init__(run)
        self.worker_id = worker_id

    def pytest_report_header(self):
        return "testmon-xdist: worker %s, reads environment %d and stores nothing" % (
            _printable(self.worker_id),
            self.run["environment_id"],
        )


class _Controlling(_HandOver):
    """Hooks of the controlling pytest while a run is coordinated."""

    def __init__(self, run, companion):
        super().__init__(run)
        self.companion = companion

    def pytest_report_header(self):
        again = " picked up again" if self.run["picked_up_again"] else ""
        workers = ", %d workers" % self.run["expected_workers"] if self.run["expected_workers"] else ""
        if not again and not workers:
            return None  # a run without workers is as ever
        name = json.dumps(self.run["environment_name"])[1:-1]
        return "testmon-xdist: %s, environment %s%s%s" % (self.run["version"], name, again, workers)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node):
        if self.runs_all or not _is_here(node.gateway.spec):
            _acknowledge(self.run, node.gateway.id)  # in its place: the run's folder is here

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session):
        yield
        self.companion.exit_status = session.exitstatus  # as testmon has left it


class _SyncByController:
    """Stores the names of the collected tests, as testmon does itself from 2.1.1 on; before, its gw0 did it."""

    def __init__(self):
        self.collecting = 0

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self):
        self.collecting += 1

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node, ids):
        self.collecting -= 1
        if self.collecting == 0:
            node.config.testmon_data.sync_db_fs_tests(retain=set(ids))


class _OnlyWholeCollections:
    """Stores nothing about which tests there are when some could not be collected, as testmon does without xdist.

    Else a syntax error in a test file would delete what is known of its tests, and all of them would run again when it
    is gone.
    """

    def __init__(self, config):
        from testmon.testmon_core import TestmonData

        self.are_whole = True
        sync = TestmonData.sync_db_fs_tests

        def sync_if_whole(data, retain):
            if self.are_whole:
                sync(data, retain=retain)

        _replace(config, TestmonData, "sync_db_fs_tests", sync_if_whole)

    def pytest_collectreport(self, report):
        if report.failed:
            self.are_whole = False


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


def _read_as_worker(config, run):
    if "executable" in run and run["is_here"]:
        _acknowledge(run, config.workerinput["workerid"])
    _use_environment(config, run, reader=True)
    _use_selection(config, run["selection"])
    _collect_each_test(config)


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
    _use_environment(config, run, reader=True)
    config.pluginmanager.register(_Reading(run, os.environ["TESTMON_XDIST_WORKER_ID"]), "testmon-xdist-run")


def _number(variable):
    text = os.environ.get(variable, "")
    if not text.isdigit():
        raise pytest.UsageError(
            "testmon-xdist: TESTMON_XDIST_WORKER_ID is set, but %s is %r; 'testmon-xdist worker' sets both, "
            "and 'unset TESTMON_XDIST_WORKER_ID' makes this an ordinary pytest" % (variable, text)
        )
    return int(text)


def _use_environment(config, run, reader):
    """Makes testmon take the environment that it is given; and, in a reader, never write to the data file."""
    import inspect
    from urllib.parse import quote

    from testmon import db, testmon_core

    found = getattr(db, "DATA_VERSION", None)
    if found != run["data_version"]:
        raise pytest.UsageError(
            "testmon-xdist: this Python's testmon has data version %s, but the run was prepared for %s; "
            "use the same pytest-testmon for the controller and its workers" % (found, run["data_version"])
        )

    connect, init = db.connect, db.DB.__init__
    takes_readonly = "readonly" in inspect.signature(init).parameters  # from 2.0.14 on
    # Elsewhere the data file is an empty one in memory: all that counts has come through xdist.
    in_memory = not run.get("is_here", True)

    def connect_to(datafile, readonly=False):
        if in_memory:
            connection = connect(":memory:")
            connection.execute("PRAGMA user_version = %d" % db.DATA_VERSION)  # or testmon takes it for an old file
            return connection
        # testmon puts the path into a URI as it is: '?', '#' and '%' in it would name another file.
        return connect(quote(datafile), readonly=readonly or reader)

    def init_db(self, datafile, readonly=False):
        path = ":memory:" if in_memory else run.get("database_path", datafile)
        if takes_readonly:
            init(self, path, readonly=readonly or reader)
        else:
            init(self, path)
            if reader:
                self.con.executescript(_shadows(self.con))
        self.file_created = run["created"]

    def initiate_execution(self, name, packages, python, *_args):
        environment = run["environment_id"]
        if run.get("is_own"):
            _compare(self.con, environment, (name, packages, python))
        return {
            "exec_id": environment,
            "filenames": self.all_filenames() if db.DATA_VERSION >= 12 else self.filenames(environment),
            "packages_changed": run["packages_changed"],
        }

    _replace(config, db, "connect", connect_to)
    _replace(config, db.DB, "__init__", init_db)
    _replace(config, db.DB, "initiate_execution", initiate_execution)
    if reader:
        _replace(config, testmon_core.TestmonData, "sync_db_fs_tests", lambda self, retain: None)
        _replace(config, db.DB, "write_attribute", lambda self, *args, **kwargs: None)


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


def _use_selection(config, selection):
    """Makes testmon select by what the controlling pytest has found out."""
    from testmon.testmon_core import TestmonData

    def determine_stable(self, *_args, **_kwargs):
        for name, value in selection.items():
            if name != "all_tests":
                setattr(self, name, set(value))

    _replace(config, TestmonData, "determine_stable", determine_stable)
    _replace(config, TestmonData, "all_tests", property(lambda self: selection["all_tests"]))


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
    names = "EXECUTABLE RUN_ID WORKER_ID ENVIRONMENT_ID DATA_VERSION ROOTDIR CONFIG ENVIRONMENT WORKERS".split()
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
            self.release = _release()
            if hasattr(testmon, "TestmonData"):  # else it would go on, and open the data file
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
