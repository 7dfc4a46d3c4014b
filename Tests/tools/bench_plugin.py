"""A pytest plugin of the benchmarks: it notes what happened, in $BENCH_NOTES, a file for each process.

- in whoever runs tests: when the first one began and the last one ended, and how many module-scoped fixtures were set up;
- everywhere: the processor time that was taken while tests ran, in seconds;
- in the controlling pytest: the anonymous memory of the testmon-xdist that accompanies it, in kB.
"""
import json
import os
import pathlib
import time

import pytest

notes = {"began": None, "ended": None, "cpu": 0.0, "module_fixtures": 0, "companions_memory": None}
cpu_began = None


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    if notes["began"] is None:
        notes["began"] = time.monotonic()  # one clock for all processes
        _note_cpu()
    yield
    notes["ended"] = time.monotonic()


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport():
    _note_cpu()


def _note_cpu():
    global cpu_began
    if cpu_began is None:
        cpu_began = time.process_time()
    notes["cpu"] = time.process_time() - cpu_began


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef):
    if fixturedef.scope == "module":
        notes["module_fixtures"] += 1


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    notes["companions_memory"] = _companions_memory()
    folder = pathlib.Path(os.environ["BENCH_NOTES"])
    (folder / "{}.json".format(os.getpid())).write_text(json.dumps(notes))


def _companions_memory():
    for task in pathlib.Path("/proc/self/task").iterdir():
        for child in (task / "children").read_text().split():
            status = dict(line.split(":", 1) for line in pathlib.Path("/proc", child, "status").read_text().splitlines())
            if status["Name"].strip() == "testmon-xdist" and "RssAnon" in status:
                return int(status["RssAnon"].split()[0])
    return None
