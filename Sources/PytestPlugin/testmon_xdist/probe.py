"""What the controlling pytest would tell, without a test run: for a controller that prepares the data beforehand, and for
whoever asks what a run would do.
"""
import argparse
import contextlib
import json
import os
import sys

import pytest

from . import border, changes, cores, facts, planning, testmon_api, testmon_db, unknown_tests, xdist_api


class _Probe:
    """Stops pytest as soon as it has read its configuration and testmon has told what it would do."""

    report = border.PytestReport("", None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config):
        if "testmon.pytest_testmon" in sys.modules:
            self.report = report(config)
        return 0


def report(config):
    """What the plugin would tell the executable, of a pytest that has read its configuration and has testmon."""
    if not testmon_api.is_known():  # it would go on, and open the data file
        return border.PytestReport(testmon_api.release(), None)
    config.testmon_config = argparse.Namespace(tmnet=False)
    testmon_api.before_data(config, lambda arguments: _stop(config, arguments))
    try:
        testmon_api.plugin().init_testmon_data(config)
    except _Stop as stop:
        return stop.args[0]
    return border.PytestReport(testmon_api.release(), None)


def _stop(config, arguments):
    raise _Stop(facts.collect(config, arguments))


class _Stop(Exception):
    """testmon is about to open its data; with the report."""


class _PlanProbe:
    """Goes one step further: has testmon select tests, and tells what there is to do.

    :param environment: the ``border.PreparedEnvironment`` to select by: a row in a copy of the data file
    """

    plan = None

    def __init__(self, environment):
        self.environment = environment

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config):
        access = testmon_db.ReaderAccess(self.environment, cores.core_alone() == "sysmon")
        cache = config.pluginmanager.get_plugin("cacheprovider")
        if cache is not None:
            cache.pytest_configure(config)
        testmon_api.configure_selection(config)
        testmon_api.before_data(config, lambda arguments: access)
        testmon_api.plugin().init_testmon_data(config)
        data = config.testmon_data
        asked = xdist_api.asked_workers(config)
        work = planning.work(config, data, asked or xdist_api.AskedWorkers(0, False, True))
        if asked is None:
            work = work._replace(obstacle="xdist is not asked to distribute tests")
        selected = set(planning.selected_tests(data, unknown_tests.Arguments(config)))
        affected = changes.affected_tests(data, selected)
        self.plan = border.PlannedWork(work, {file: len(tests) for file, tests in affected.items()})
        return 0


class _AskForWorkers:
    """As if the command line had ``-n auto``, where it says nothing of workers."""

    @pytest.hookimpl(hookwrapper=True)
    def pytest_cmdline_main(self, config):
        xdist_api.ask_for_workers(config)
        yield


class _MeasureNothing:
    """Else pytest-cov begins to measure as soon as it is loaded, and erases what was measured before."""

    @pytest.hookimpl(hookwrapper=True)
    def pytest_load_initial_conftests(self, early_config):
        early_config.known_args_namespace.no_cov = True
        yield


def main(rootdir):
    """Prints the report as JSON."""
    probe = _Probe()
    with _printing(lambda: probe.report):
        _run_pytest(rootdir, [], [probe])


def plan(rootdir, environment):
    """Prints what there is to do, as JSON.

    :param environment: the prepared environment, as JSON
    """
    probe = _PlanProbe(border.PreparedEnvironment(**json.loads(environment)))
    with _printing(lambda: probe.plan):
        _run_pytest(rootdir, ["--testmon"], [probe, _AskForWorkers()])


def _run_pytest(rootdir, arguments, plugins):
    os.chdir(rootdir)
    plugins = plugins + [_MeasureNothing()]
    pytest.main(["--rootdir", "."] + arguments, plugins=plugins)  # pytest expands '$' in a path that is given


@contextlib.contextmanager
def _printing(result):
    """Prints the message that ``result`` gives in the end as JSON, and nothing else: what a conftest.py prints goes to stderr."""
    output = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:  # a testmon that we don't know may fail in any way
        message = result()
        if message is not None:
            os.write(output, json.dumps(message.to_json()).encode())
