"""A pytest that stores nothing: an xdist worker, or one below ``testmon-xdist worker ID -- ...``."""
import os

import pytest

from . import border, executable, facts, testmon_api, testmon_collector, testmon_data, testmon_db, variables, wrapper
from . import xdist_api
from .text import printable


def configure_worker(config, fields):
    """Makes an xdist worker a reader.

    :param fields: what the controlling pytest has handed over, as it comes through xdist
    """
    handover, channel = border.HandOver.from_workerinput(fields)
    wrapper.hide_plugin("testmon_xdist_plugin")
    if handover.runs_all:
        testmon_api.switch_off(config)
        return
    testmon_api.allow_no_cache(config)
    testmon_api.skip_packages(config)
    testmon_api.before_data(config, lambda arguments: _read_as_worker(config, handover, channel))


def _read_as_worker(config, handover, channel):
    if handover.run_id is not None and handover.is_here:
        executable.acknowledge(handover, config.workerinput["workerid"])

    def send(**message):
        channel.send(border.WorkerMessage(**message).to_wire())

    testmon_collector.install(config, lambda collected: send(collected=collected), has_all_files=handover.is_here)
    config.pluginmanager.register(_UsageErrors(lambda errors: send(usage_errors=errors)))
    return testmon_db.ReaderAccess(
        handover.environment, handover.doubts_unmarked, selection=handover.selection, is_here=handover.is_here
    )


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


def configure_below_command(config):
    """Makes a pytest below ``testmon-xdist worker ID -- ...``, with workers of its own or without, a reader."""
    testmon_api.use_environment(config, os.environ.get(variables.ENVIRONMENT))
    testmon_api.allow_no_cache(config)
    testmon_api.store_nothing(config)
    testmon_api.before_data(config, lambda arguments: _read_below_command(config, arguments))


def _read_below_command(config, arguments):
    rootdir = str(config.rootdir)
    program = executable.find(rootdir)
    report = facts.collect(config, arguments)
    command = [program, "worker", os.environ[variables.WORKER_ID], "--reader", str(border.PROTOCOL), "--rootdir", rootdir]
    answer = executable.ask(command, report)
    doubts_unmarked = report.facts.core_alone == "sysmon"
    access = testmon_db.ReaderAccess(answer.environment, doubts_unmarked)
    handover = border.HandOver(
        environment=answer.environment,
        doubts_unmarked=doubts_unmarked,
        selection=None,
        is_here=True,
        runs_all=False,
        rootdir=rootdir,
        run_id=None,
        executable=program,
    )
    config.pluginmanager.register(_BelowCommand(handover, access), "testmon-xdist-run")
    return access


class _BelowCommand(xdist_api.WorkerHooks):
    """Hooks of a pytest below ``testmon-xdist worker ID -- ...``."""

    def __init__(self, handover, access):
        super().__init__(handover)
        self.access = access
        self.worker_id = os.environ[variables.WORKER_ID]

    def pytest_report_header(self, config):
        return "testmon-xdist: worker %s, reads environment %d and stores nothing%s" % (
            printable(self.worker_id),
            self.handover.environment.environment_id,
            testmon_data.describe_doubts(self.access, config),
        )
